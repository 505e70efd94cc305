package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparknorm.config.ModelConfig.InitName;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** Initial weights: their distributions, and that they depend on seed and name alone. */
@Tag("unit")
class InitializerTest {
    private static final long SEED = 1;
    private static final int IN = 400;
    private static final int OUT = 100;
    private static final int COUNT = IN * OUT;
    private static final double GIVEN = 0.01;
    /** The deviation of n normal numbers is off by 1/√(2n) of itself; five times that is never seen. */
    private static final double RELATIVE_TOLERANCE = 5 / Math.sqrt(2.0 * COUNT);

    @Test
    void heIsTheRootOfTwoOverTheFanIn() {
        checkDeviation(InitName.HE, Math.sqrt(2.0 / IN));
    }

    @Test
    void xavierIsTheRootOfTwoOverBothFans() {
        checkDeviation(InitName.XAVIER, Math.sqrt(2.0 / (IN + OUT)));
    }

    @Test
    void gaussianIsAsGiven() {
        checkDeviation(InitName.GAUSSIAN, GIVEN);
    }

    @Test
    void aNormalCutAtTwoDeviationsIsNarrower() {
        // √(1 − 4φ(2)/(2Φ(2) − 1)) with φ(2) = 0.0539910 and 2Φ(2) − 1 = 0.9544997
        checkDeviation(InitName.TRUNCATED_GAUSSIAN, GIVEN * 0.8796257);
    }

    @Test
    void nothingLiesBeyondTheCut() {
        float largest = 0;
        for (float weight : weights(InitName.TRUNCATED_GAUSSIAN, SEED)) {
            largest = Math.max(largest, Math.abs(weight));
        }
        assertThat((double) largest).isBetween(1.99 * GIVEN, 2 * GIVEN * (1 + 0x1.0p-23));
    }

    @Test
    void aNormalThatIsNotCutGoesBeyond() {
        float largest = 0;
        for (float weight : weights(InitName.GAUSSIAN, SEED)) {
            largest = Math.max(largest, Math.abs(weight));
        }
        assertThat((double) largest).isBetween(3.5 * GIVEN, 6 * GIVEN);
    }

    @ParameterizedTest
    @EnumSource(InitName.class)
    void theMeanIsZero(InitName kind) {
        float[] weights = weights(kind, SEED);
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        double deviation = deviation(weights);
        assertThat(sum / COUNT).as("seed %d", SEED).isEqualTo(0, within(5 * deviation / Math.sqrt(COUNT)));
    }

    @ParameterizedTest
    @EnumSource(InitName.class)
    void sameSeedAndNameGiveTheSameWeightsWhateverStandsBefore(InitName kind) {
        Network other = network(linear("first", 5, IN), linear("fc1", IN, OUT));
        Parameter weight = other.parameters().get(2);
        float[] weights = other.initialWeights(new Initializer(kind, GIVEN, 1), SEED);
        assertThat(weight.name()).isEqualTo("fc1.weight");
        assertThat(Arrays.copyOfRange(weights, weight.offset(), weight.offset() + COUNT))
                .isEqualTo(weights(kind, SEED));
    }

    @ParameterizedTest
    @EnumSource(InitName.class)
    void anotherSeedGivesOtherWeights(InitName kind) {
        assertThat(weights(kind, SEED + 1)).isNotEqualTo(weights(kind, SEED));
    }

    @Test
    void anotherNameGivesOtherWeights() {
        Network network = network(linear("fc1", IN, IN), linear("fc2", IN, IN));
        float[] weights = network.initialWeights(new Initializer(InitName.HE, 0, 1), SEED);
        int second = network.parameters().get(2).offset();
        assertThat(Arrays.copyOf(weights, IN * IN)).isNotEqualTo(Arrays.copyOfRange(weights, second, second + IN * IN));
    }

    @Test
    void biasesAndShiftsAreZeroAndScalesOne() {
        Network network = network(
                linear("fc1", 4, 3),
                new BatchNorm(new NormSpec("bn1", 3, Activation.Kind.NONE), new BatchNorm.Options(1e-5, 0.9, true)));
        float[] weights = network.initialWeights(new Initializer(InitName.HE, 0, 1), SEED);
        assertThat(Arrays.copyOfRange(weights, 12, weights.length)).containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0);
    }

    private static void checkDeviation(InitName kind, double expected) {
        assertThat(deviation(weights(kind, SEED)))
                .as("seed %d", SEED)
                .isEqualTo(expected, within(expected * RELATIVE_TOLERANCE));
    }

    private static double deviation(float[] weights) {
        double squares = 0;
        for (float weight : weights) {
            squares += (double) weight * weight;
        }
        return Math.sqrt(squares / weights.length);
    }

    /** Of {@code fc1.weight}. */
    private static float[] weights(InitName kind, long seed) {
        Network network = network(linear("fc1", IN, OUT));
        return Arrays.copyOf(network.initialWeights(new Initializer(kind, GIVEN, 1), seed), COUNT);
    }

    private static Network network(Layer... layers) {
        Linear first = (Linear) layers[0];
        int inputs = first.parameters().get(0).shape().last();
        return new Network(new Sequential(List.of(layers)), Shape.of(inputs));
    }

    private static Linear linear(String name, int in, int out) {
        return new Linear(new Linear.Specification(name, in, out, true, true), Blas.none());
    }
}
