package org.sparknorm.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;

/** Updates against PyTorch's formulas computed in double. */
@Tag("unit")
class OptimizerTest {
    private static final int STEPS = 10;
    private static final double RATE = 0.05;
    private static final RandomSource RANDOM = RandomSource.of(1, "optimizer");
    /**
     * Weights and gradients are of size 1 to 5. Ten steps of fewer than ten operations, each rounding by 2⁻²⁴ of that:
     * 3·10⁻⁵ if all rounded the same way, a tenth of it as they do.
     */
    private static final double TOLERANCE = 3e-6;

    private final Network network = network();

    /** The formula for one weight, in double; keeps what it needs from step to step. */
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

    /** Those of PyTorch that {@code optimizer_vectors.py} wrote down. */
    @ParameterizedTest
    @CsvSource({
        "sgd, optimizer.name=sgd",
        "adamw, optimizer.name=adamw",
        "adamw-others, optimizer.name=adamw optimizer.beta1=0.5 optimizer.beta2=0.9 optimizer.epsilon=0.1",
        "rmsprop, optimizer.name=rmsprop",
        "rmsprop-centered, optimizer.name=rmsprop optimizer.smoothing=0.9 optimizer.centered=true optimizer.epsilon=1e-3",
        "rmsprop-momentum, optimizer.name=rmsprop optimizer.momentum=0.9 optimizer.centered=true optimizer.epsilon=1e-3",
        "average, optimizer.name=sgd optimizer.average-decay=0.9"
    })
    void isAsPyTorchs(String vector, String keys) throws IOException {
        Map<String, Safetensors.Entry> vectors = vectors();
        List<String> assignments = new ArrayList<>(List.of(keys.split(" ")));
        assignments.add("optimizer.weight-decay=0.1");
        Optimizer optimizer = Optimizer.of(config(assignments.toArray(String[]::new)), network);
        float[] weights = vectors.get("weights").floats().clone();
        float[] gradients = vectors.get("gradients").floats();
        float[] expected = vectors.get(vector).floats();
        int count = weights.length;
        for (int step = 1; step <= STEPS; step++) {
            int from = (step - 1) * count;
            optimizer.step(weights, Arrays.copyOfRange(gradients, from, from + count), RATE / step);
            float[] outcome = optimizer.outcome(weights);
            for (int i = 0; i < count; i++) {
                assertThat((double) outcome[i])
                        .as("weight %d, step %d", i, step)
                        .isEqualTo(expected[from + i], within(TOLERANCE));
            }
        }
    }

    private static Map<String, Safetensors.Entry> vectors() throws IOException {
        try (InputStream in = OptimizerTest.class.getResourceAsStream("/reference/optimizers.safetensors")) {
            byte[] bytes = in.readAllBytes();
            return Safetensors.read(new ByteArrayInputStream(bytes), bytes.length, "optimizers.safetensors");
        }
    }

    /** Algorithm 1 of You et al. by hand: ‖w‖ = 5, ‖g‖ = 10, decay 0.1. */
    @Test
    void larsGivesEachWeightTensorItsRate() {
        Optimizer lars = Optimizer.of(
                config(
                        "optimizer.name=lars",
                        "optimizer.momentum=0.9",
                        "optimizer.weight-decay=0.1",
                        "optimizer.trust=0.01"),
                network);
        float[] weights = new float[network.weightCount()];
        float[] gradient = new float[network.weightCount()];
        weights[0] = 3;
        weights[1] = 4;
        gradient[0] = 6;
        gradient[1] = -8;
        Parameter bias = network.parameters().get(1);
        gradient[bias.offset()] = 2;
        lars.step(weights, gradient, 0.5);
        double scale = 0.01 * 5 / (10 + 0.1 * 5);
        double first = 0.5 * scale * (6 + 0.1 * 3);
        assertThat((double) weights[0]).isEqualTo(3 - first, within(1e-6));
        assertThat((double) weights[1]).isEqualTo(4 - 0.5 * scale * (-8 + 0.1 * 4), within(1e-6));
        // A bias has the rate itself, and a tensor that is 0 moves.
        assertThat((double) weights[bias.offset()]).isEqualTo(-0.5 * 2, within(1e-6));
        float before = weights[0];
        lars.step(weights, new float[network.weightCount()], 0.5);
        // Where the gradient is 0 the rate is not adapted: only momentum and decay move the weight.
        assertThat((double) weights[0]).isEqualTo(before - 0.9 * first - 0.5 * 0.1 * before, within(1e-5));
    }

    @Test
    void theAverageLeavesTheWeightsThatAreTrainedAlone() {
        Optimizer plain = Optimizer.of(config(), network);
        Optimizer averaged = Optimizer.of(config("optimizer.average-decay=0.9"), network);
        float[] weights = gradient(0);
        float[] others = weights.clone();
        assertThat(averaged.outcome(others)).isSameAs(others);
        for (int step = 1; step <= STEPS; step++) {
            plain.step(weights, gradient(step), RATE);
            averaged.step(others, gradient(step), RATE);
        }
        assertThat(others).isEqualTo(weights);
        assertThat(averaged.outcome(others)).isNotEqualTo(others);
    }

    @Test
    void stateTakenOverGoesOnToTheBit() {
        List<String> configurations = List.of(
                "optimizer.name=adam",
                "optimizer.momentum=0.9",
                "optimizer.name=adamw optimizer.weight-decay=0.1",
                "optimizer.name=rmsprop optimizer.centered=true optimizer.momentum=0.9",
                "optimizer.name=lars optimizer.momentum=0.9",
                "optimizer.average-decay=0.9 optimizer.momentum=0.9 optimizer.clip-norm=1");
        for (String name : configurations) {
            Optimizer straight = Optimizer.of(config(name.split(" ")), network);
            Optimizer resumed = Optimizer.of(config(name.split(" ")), network);
            float[] weights = gradient(0);
            straight.step(weights, gradient(1), RATE);
            Optimizer.State state = straight.state();
            Map<String, float[]> copies = new HashMap<>();
            state.arrays().forEach((array, values) -> copies.put(array, values.clone()));
            resumed.restore(new Optimizer.State(state.steps(), copies));
            float[] others = weights.clone();
            straight.step(weights, gradient(2), RATE);
            resumed.step(others, gradient(2), RATE);
            assertThat(others).as(name).isEqualTo(weights);
            assertThat(resumed.outcome(others)).as(name).isEqualTo(straight.outcome(weights));
        }
    }

    @Test
    void largeGradientIsScaledToTheNormAllowed() {
        float[] gradient = new float[network.weightCount()];
        gradient[0] = 3;
        gradient[1] = -4;
        float[] weights = new float[network.weightCount()];
        Optimizer clipped = Optimizer.of(config("optimizer.clip-norm=0.5"), network);
        clipped.step(weights, gradient, 1);
        // 0.5 / (5 + 10⁻⁶) of each, in float.
        assertThat((double) weights[0]).isEqualTo(-0.3, within(1e-7));
        assertThat((double) weights[1]).isEqualTo(0.4, within(1e-7));
        assertThat(gradient[0]).isEqualTo(3);
        float[] free = new float[network.weightCount()];
        Optimizer.of(config("optimizer.clip-norm=6"), network).step(free, gradient, 1);
        assertThat(free[0]).isEqualTo(-3);
    }

    @Test
    void theFirstStepOfAdamIsTheRateInTheDirectionOfTheGradient() {
        float[] weights = new float[network.weightCount()];
        float[] gradient = new float[network.weightCount()];
        gradient[0] = 1e-3f;
        gradient[1] = -1e3f;
        Optimizer.of(config("optimizer.name=adam"), network).step(weights, gradient, RATE);
        // ε = 10⁻⁸ takes 10⁻⁵ off the first; the rest is rounding.
        assertThat((double) weights[0]).isEqualTo(-RATE, within(2e-5 * RATE));
        assertThat((double) weights[1]).isEqualTo(RATE, within(1e-6 * RATE));
        assertThat(weights[2]).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.momentum=0",
                "optimizer.momentum=0.9",
                "optimizer.name=adam",
                "optimizer.name=adamw",
                "optimizer.name=rmsprop",
                "optimizer.name=lars"
            })
    void decayActsOnWeightsOnly(String optimizer) {
        float[] weights = afterOneStepWithoutGradient(config(optimizer, "optimizer.weight-decay=0.1"));
        for (Parameter parameter : network.parameters()) {
            boolean decays = parameter.role() == Parameter.Role.WEIGHT;
            assertThat(weights[parameter.offset()] < 1).as(parameter.name()).isEqualTo(decays);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.momentum=0",
                "optimizer.momentum=0.9",
                "optimizer.name=adam",
                "optimizer.name=adamw",
                "optimizer.name=rmsprop",
                "optimizer.name=lars"
            })
    void decayActsOnAllIfAsked(String optimizer) {
        float[] weights = afterOneStepWithoutGradient(
                config(optimizer, "optimizer.weight-decay=0.1", "optimizer.decay-all=true"));
        for (float weight : weights) {
            assertThat(weight).isLessThan(1);
        }
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.momentum=0.9",
                "optimizer.name=adam",
                "optimizer.name=adamw",
                "optimizer.name=rmsprop",
                "optimizer.name=lars"
            })
    void theGradientIsLeftAsItWas(String optimizer) {
        float[] gradient = gradient(1);
        Optimizer.of(config(optimizer, "optimizer.weight-decay=0.1"), network)
                .step(new float[network.weightCount()], gradient, RATE);
        assertThat(gradient).isEqualTo(gradient(1));
    }

    private interface Formulas {
        Formula ofOneWeight();
    }

    /** Ten steps at a rate that changes, for each weight on its own. */
    private void check(OptimizerConfig config, Formulas formulas) {
        Optimizer optimizer = Optimizer.of(config, network);
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

    private float[] afterOneStepWithoutGradient(OptimizerConfig config) {
        float[] weights = new float[network.weightCount()];
        Arrays.fill(weights, 1f);
        Optimizer.of(config, network).step(weights, new float[weights.length], RATE);
        return weights;
    }

    private float[] gradient(int step) {
        float[] gradient = new float[network.weightCount()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) RANDOM.at(step).gaussian(i);
        }
        return gradient;
    }

    private static OptimizerConfig config(String... assignments) {
        return ConfigFiles.ofText("steps = 1")
                .with(List.of(assignments))
                .toRunConfig()
                .optimizer();
    }

    /** Every role of parameters: 2·3 weights, 3 biases, 3 scales, 3 shifts. */
    private static Network network() {
        return new Network(
                new Sequential(List.of(
                        new Linear(new Linear.Specification("fc1", 2, 3, true, false), Blas.none()),
                        new BatchNorm(
                                new NormSpec("bn1", 3, Activation.Kind.NONE), new BatchNorm.Options(1e-5, 0.9, true)))),
                Shape.of(2));
    }
}
