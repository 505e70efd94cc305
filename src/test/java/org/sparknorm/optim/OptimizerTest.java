package org.sparknorm.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.sparknorm.optim.OptimizerFixture.NETWORK;
import static org.sparknorm.optim.OptimizerFixture.RATE;
import static org.sparknorm.optim.OptimizerFixture.STEPS;
import static org.sparknorm.optim.OptimizerFixture.config;
import static org.sparknorm.optim.OptimizerFixture.gradient;
import static org.sparknorm.optim.OptimizerFixture.optimizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Parameter;

/** What holds for every optimizer, and what sets one apart from the others. */
@Tag("unit")
class OptimizerTest {
    /** Not private, as JUnit reads it. */
    static final List<String> ALL = List.of(
            "optimizer.momentum=0",
            "optimizer.momentum=0.9",
            "optimizer.name=adam",
            "optimizer.name=adamw",
            "optimizer.name=rmsprop",
            "optimizer.name=lars");

    @ParameterizedTest
    @FieldSource("ALL")
    void arraysAreNamedWithoutANetwork(String optimizer) {
        for (String more :
                List.of("", "optimizer.average-decay=0.9", "optimizer.momentum=0.8", "optimizer.clip-norm=1")) {
            String[] keys = more.isEmpty() ? new String[] {optimizer} : new String[] {optimizer, more};
            Set<String> kept = optimizer(keys).state().arrays().keySet();
            assertThat(Optimizers.arrays(config(keys)))
                    .as("%s %s", optimizer, more)
                    .isEqualTo(kept);
        }
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
            Optimizer straight = optimizer(name.split(" "));
            Optimizer resumed = optimizer(name.split(" "));
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
            assertThat(resumed.evaluationWeights(others)).as(name).isEqualTo(straight.evaluationWeights(weights));
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void theGradientIsLeftAsItWas(String optimizer) {
        float[] gradient = gradient(1);
        optimizer(optimizer, "optimizer.weight-decay=0.1").step(new float[NETWORK.weightCount()], gradient, RATE);
        assertThat(gradient).isEqualTo(gradient(1));
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void decayActsOnWeightsOnly(String optimizer) {
        float[] weights = afterOneStepWithoutGradient(config(optimizer, "optimizer.weight-decay=0.1"));
        for (Parameter parameter : NETWORK.parameters()) {
            boolean decays = parameter.role() == Parameter.Role.WEIGHT;
            assertThat(weights[parameter.offset()] < 1).as(parameter.name()).isEqualTo(decays);
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void decayActsOnAllIfAsked(String optimizer) {
        float[] weights = afterOneStepWithoutGradient(
                config(optimizer, "optimizer.weight-decay=0.1", "optimizer.decay-all=true"));
        for (float weight : weights) {
            assertThat(weight).isLessThan(1);
        }
    }

    /** Algorithm 1 of You et al. computed by hand: ‖w‖ = 5, ‖g‖ = 10, decay 0.1. */
    @Test
    void larsGivesEachWeightTensorItsRate() {
        Optimizer lars = optimizer(
                "optimizer.name=lars", "optimizer.momentum=0.9", "optimizer.weight-decay=0.1", "optimizer.trust=0.01");
        float[] weights = new float[NETWORK.weightCount()];
        float[] gradient = new float[NETWORK.weightCount()];
        weights[0] = 3;
        weights[1] = 4;
        gradient[0] = 6;
        gradient[1] = -8;
        Parameter bias = NETWORK.parameters().get(1);
        gradient[bias.offset()] = 2;
        lars.step(weights, gradient, 0.5);
        double scale = 0.01 * 5 / (10 + 0.1 * 5);
        double first = 0.5 * scale * (6 + 0.1 * 3);
        assertThat((double) weights[0]).isEqualTo(3 - first, within(1e-6));
        assertThat((double) weights[1]).isEqualTo(4 - 0.5 * scale * (-8 + 0.1 * 4), within(1e-6));
        // A bias has the rate itself, and a tensor that is 0 moves.
        assertThat((double) weights[bias.offset()]).isEqualTo(-0.5 * 2, within(1e-6));
        float before = weights[0];
        lars.step(weights, new float[NETWORK.weightCount()], 0.5);
        // Where the gradient is 0 the rate is not adapted: only momentum and decay move the weight.
        assertThat((double) weights[0]).isEqualTo(before - 0.9 * first - 0.5 * 0.1 * before, within(1e-5));
    }

    @Test
    void theAverageLeavesTheWeightsThatAreTrainedAlone() {
        Optimizer plain = optimizer();
        Optimizer averaged = optimizer("optimizer.average-decay=0.9");
        float[] weights = gradient(0);
        float[] others = weights.clone();
        assertThat(averaged.evaluationWeights(others)).isSameAs(others);
        for (int step = 1; step <= STEPS; step++) {
            plain.step(weights, gradient(step), RATE);
            averaged.step(others, gradient(step), RATE);
        }
        assertThat(others).isEqualTo(weights);
        assertThat(averaged.evaluationWeights(others)).isNotEqualTo(others);
    }

    @Test
    void largeGradientIsScaledToTheNormAllowed() {
        float[] gradient = new float[NETWORK.weightCount()];
        gradient[0] = 3;
        gradient[1] = -4;
        float[] weights = new float[NETWORK.weightCount()];
        Optimizer clipped = optimizer("optimizer.clip-norm=0.5");
        clipped.step(weights, gradient, 1);
        // 0.5 / (5 + 10⁻⁶) of each, in float.
        assertThat((double) weights[0]).isEqualTo(-0.3, within(1e-7));
        assertThat((double) weights[1]).isEqualTo(0.4, within(1e-7));
        assertThat(gradient[0]).isEqualTo(3);
        float[] free = new float[NETWORK.weightCount()];
        optimizer("optimizer.clip-norm=6").step(free, gradient, 1);
        assertThat(free[0]).isEqualTo(-3);
    }

    @Test
    void theFirstStepOfAdamIsTheRateInTheDirectionOfTheGradient() {
        float[] weights = new float[NETWORK.weightCount()];
        float[] gradient = new float[NETWORK.weightCount()];
        gradient[0] = 1e-3f;
        gradient[1] = -1e3f;
        optimizer("optimizer.name=adam").step(weights, gradient, RATE);
        // ε = 10⁻⁸ takes 10⁻⁵ off the first; the rest is rounding.
        assertThat((double) weights[0]).isEqualTo(-RATE, within(2e-5 * RATE));
        assertThat((double) weights[1]).isEqualTo(RATE, within(1e-6 * RATE));
        assertThat(weights[2]).isZero();
    }

    private float[] afterOneStepWithoutGradient(OptimizerConfig config) {
        float[] weights = new float[NETWORK.weightCount()];
        Arrays.fill(weights, 1f);
        Optimizers.of(config, NETWORK).step(weights, new float[weights.length], RATE);
        return weights;
    }
}
