package org.sparknorm.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.sparknorm.optim.OptimizerFixture.NETWORK;
import static org.sparknorm.optim.OptimizerFixture.RATE;
import static org.sparknorm.optim.OptimizerFixture.STEPS;
import static org.sparknorm.optim.OptimizerFixture.config;
import static org.sparknorm.optim.OptimizerFixture.gradient;
import static org.sparknorm.optim.OptimizerFixture.optimizer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.OptimizerConfig;

/** Updates agree with the formulas computed in double, and with PyTorch. */
@Tag("unit")
class OptimizerFormulasTest {
    /**
     * Weights and gradients are of size 1 to 5. Ten steps of fewer than ten operations, each rounding by 2⁻²⁴ of that:
     * 3·10⁻⁵ if all rounded the same way, a tenth of it as they do.
     */
    private static final double TOLERANCE = 3e-6;

    /** The formula for one weight, in double, which keeps what it needs from step to step. */
    private interface Formula {
        double next(double weight, double gradient, double rate, int step);
    }

    @Test
    void plainDescent() {
        check(config(), () -> (weight, gradient, rate, step) -> weight - rate * gradient);
    }

    @Test
    void momentum() {
        check(config("optimizer.momentum=0.9"), () -> momentum(0.9, false));
    }

    @Test
    void momentumOfNesterov() {
        check(config("optimizer.momentum=0.9", "optimizer.nesterov=true"), () -> momentum(0.9, true));
    }

    @Test
    void adam() {
        check(config("optimizer.name=adam"), () -> adam(0.9, 0.999, 1e-8));
    }

    @Test
    void adamWithOtherRatesOfForgetting() {
        OptimizerConfig config =
                config("optimizer.name=adam", "optimizer.beta1=0.5", "optimizer.beta2=0.9", "optimizer.epsilon=0.1");
        check(config, () -> adam(0.5, 0.9, 0.1));
    }

    @Test
    void decayAddsItsShareOfTheWeightToTheGradient() {
        double decay = 0.1;
        OptimizerConfig config =
                config("optimizer.momentum=0.9", "optimizer.weight-decay=0.1", "optimizer.decay-all=true");
        check(config, () -> {
            Formula momentum = momentum(0.9, false);
            return (weight, gradient, rate, step) -> momentum.next(weight, gradient + decay * weight, rate, step);
        });
    }

    @Test
    void decayOfAdamPassesThroughItsAverages() {
        double decay = 0.1;
        OptimizerConfig config =
                config("optimizer.name=adam", "optimizer.weight-decay=0.1", "optimizer.decay-all=true");
        check(config, () -> {
            Formula adam = adam(0.9, 0.999, 1e-8);
            return (weight, gradient, rate, step) -> adam.next(weight, gradient + decay * weight, rate, step);
        });
    }

    /** The expected weights are PyTorch's, as {@code optimizer_vectors.py} wrote them. */
    @ParameterizedTest
    @CsvSource({
        "sgd, optimizer.name=sgd",
        "adamw, optimizer.name=adamw",
        "adamw-others, optimizer.name=adamw optimizer.beta1=0.5 optimizer.beta2=0.9 optimizer.epsilon=0.1",
        "rmsprop, optimizer.name=rmsprop",
        "rmsprop-centered, optimizer.name=rmsprop optimizer.smoothing=0.9 optimizer.centered=true"
                + " optimizer.epsilon=1e-3",
        "rmsprop-momentum, optimizer.name=rmsprop optimizer.momentum=0.9 optimizer.centered=true"
                + " optimizer.epsilon=1e-3",
        "average, optimizer.name=sgd optimizer.average-decay=0.9"
    })
    void isAsPyTorchs(String vector, String keys) throws IOException {
        Map<String, Safetensors.Entry> vectors = vectors();
        List<String> assignments = new ArrayList<>(List.of(keys.split(" ")));
        assignments.add("optimizer.weight-decay=0.1");
        Optimizer optimizer = optimizer(assignments.toArray(String[]::new));
        float[] weights = vectors.get("weights").floats().clone();
        float[] gradients = vectors.get("gradients").floats();
        float[] expected = vectors.get(vector).floats();
        int count = weights.length;
        for (int step = 1; step <= STEPS; step++) {
            int from = (step - 1) * count;
            optimizer.step(weights, Arrays.copyOfRange(gradients, from, from + count), RATE / step);
            float[] averaged = optimizer.evaluationWeights(weights);
            for (int i = 0; i < count; i++) {
                assertThat((double) averaged[i])
                        .as("weight %d, step %d", i, step)
                        .isEqualTo(expected[from + i], within(TOLERANCE));
            }
        }
    }

    private static Map<String, Safetensors.Entry> vectors() throws IOException {
        try (InputStream in = OptimizerFormulasTest.class.getResourceAsStream("/reference/optimizers.safetensors")) {
            byte[] bytes = in.readAllBytes();
            return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, "optimizers.safetensors");
        }
    }

    private interface Formulas {
        Formula ofOneWeight();
    }

    /** Makes ten steps at a rate that changes, and compares each weight with a formula of its own. */
    private void check(OptimizerConfig config, Formulas formulas) {
        Optimizer optimizer = Optimizers.of(config, NETWORK);
        float[] weights = gradient(0);
        double[] expected = new double[weights.length];
        List<Formula> formula = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            expected[i] = weights[i];
            formula.add(formulas.ofOneWeight());
        }
        for (int step = 1; step <= STEPS; step++) {
            double rate = RATE / step;
            float[] gradient = gradient(step);
            optimizer.step(weights, gradient, rate);
            for (int i = 0; i < weights.length; i++) {
                expected[i] = formula.get(i).next(expected[i], gradient[i], rate, step);
                assertThat((double) weights[i])
                        .as("weight %d, step %d", i, step)
                        .isEqualTo(expected[i], within(TOLERANCE));
            }
        }
    }

    private static Formula momentum(double momentum, boolean nesterov) {
        double[] buffer = {0};
        return (weight, gradient, rate, step) -> {
            buffer[0] = step == 1 ? gradient : momentum * buffer[0] + gradient;
            return weight - rate * (nesterov ? gradient + momentum * buffer[0] : buffer[0]);
        };
    }

    private static Formula adam(double beta1, double beta2, double epsilon) {
        double[] averages = {0, 0};
        return (weight, gradient, rate, step) -> {
            averages[0] = beta1 * averages[0] + (1 - beta1) * gradient;
            averages[1] = beta2 * averages[1] + (1 - beta2) * gradient * gradient;
            double mean = averages[0] / (1 - Math.pow(beta1, step));
            double square = averages[1] / (1 - Math.pow(beta2, step));
            return weight - rate * mean / (Math.sqrt(square) + epsilon);
        };
    }
}
