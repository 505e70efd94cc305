package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** The loss, its gradient and its hits. */
@Tag("unit")
class SoftmaxCrossEntropyTest {
    private static final int EXAMPLES = 7;
    private static final int CLASSES = 10;
    private static final double DIVISOR = 60;
    private static final int[] LABELS = {3, 0, 9, 9, 5, 1, 2};
    /** The loss is computed in double throughout. */
    private static final double DOUBLE_TOLERANCE = 1e-12;
    /** The gradient, of size 1/60 at most, is rounded to float32 once. */
    private static final double FLOAT_TOLERANCE = 0x1.0p-24 / 60;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 1})
    void theLossIsThatOfItsFormula(double smoothing) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(smoothing);
        Tensor logits = logits();
        loss.apply(logits, LABELS, DIVISOR);
        assertThat(loss.lossSum()).isEqualTo(lossSum(doubles(logits), smoothing), within(DOUBLE_TOLERANCE));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 1})
    void theGradientIsThatOfCentralDifferencesOfTheMeanLoss(double smoothing) {
        Tensor logits = logits();
        Tensor gradient = new SoftmaxCrossEntropy(smoothing).apply(logits, LABELS, DIVISOR);
        double[] values = doubles(logits);
        double width = 1e-5;
        for (int i = 0; i < values.length; i++) {
            double kept = values[i];
            values[i] = kept + width;
            double above = lossSum(values, smoothing);
            values[i] = kept - width;
            double below = lossSum(values, smoothing);
            values[i] = kept;
            double expected = (above - below) / (2 * width) / DIVISOR;
            // The differences are off by width² times a third derivative below 1, and by 10⁻¹⁴/width of rounding.
            assertThat((double) gradient.data()[i])
                    .as("logit %d", i)
                    .isEqualTo(expected, within(FLOAT_TOLERANCE + (1e-10 + 1e-9) / DIVISOR));
        }
    }

    @Test
    void theGradientOfAnExampleAddsUpToZero() {
        Tensor gradient = new SoftmaxCrossEntropy(0.1).apply(logits(), LABELS, DIVISOR);
        for (int example = 0; example < EXAMPLES; example++) {
            double sum = 0;
            for (int i = 0; i < CLASSES; i++) {
                sum += gradient.data()[example * CLASSES + i];
            }
            assertThat(sum).isEqualTo(0, within(CLASSES * FLOAT_TOLERANCE));
        }
    }

    @Test
    void equalLogitsLoseTheLogarithmOfTheClasses() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(tensor(1, 4, 2, 2, 2, 2), new int[] {1}, 1);
        assertThat(loss.lossSum()).isEqualTo(Math.log(4), within(DOUBLE_TOLERANCE));
    }

    @Test
    void largeLogitsDoNotOverflow() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        Tensor gradient = loss.apply(tensor(1, 3, 1e30f, 0, -1e30f), new int[] {0}, 1);
        assertThat(loss.lossSum()).isZero();
        assertThat(gradient.data()).containsExactly(0, 0, 0);
    }

    @Test
    void aLogitThatIsNotANumberMakesTheLossNone() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(tensor(2, 2, 1, 0, Float.NaN, Float.NaN), new int[] {0, 1}, 2);
        assertThat(loss.lossSum()).isNaN();
        assertThat(loss.correct()).isEqualTo(1);
        assertThat(loss.correctInFive()).isEqualTo(1);
    }

    @Test
    void theLargestLogitIsAHit() {
        assertThat(hits(1, 0, 3, 2)).isEqualTo(1);
        assertThat(hits(2, 0, 3, 2)).isZero();
    }

    @Test
    void theFirstOfEqualLogitsCounts() {
        assertThat(hits(1, 0, 3, 3)).isEqualTo(1);
        assertThat(hits(2, 0, 3, 3)).isZero();
    }

    @Test
    void theFiveLargestLogitsAreHitsInFive() {
        assertThat(hitsInFive(4, 9, 8, 7, 6, 5, 4)).isEqualTo(1);
        assertThat(hitsInFive(5, 9, 8, 7, 6, 5, 4)).isZero();
    }

    @Test
    void theFirstOfEqualLogitsAreAmongTheFive() {
        assertThat(hitsInFive(4, 1, 1, 1, 1, 1, 1)).isEqualTo(1);
        assertThat(hitsInFive(5, 1, 1, 1, 1, 1, 1)).isZero();
    }

    @Test
    void withFiveClassesOrFewerAllAreAmongTheFive() {
        assertThat(hitsInFive(2, 9, 8, 7)).isEqualTo(1);
    }

    @Test
    void hitsOfAllExamplesAreCounted() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(tensor(3, 2, 1, 0, 1, 0, 0, 1), new int[] {0, 1, 1}, 3);
        assertThat(loss.correct()).isEqualTo(2);
        assertThat(loss.correctInFive()).isEqualTo(3);
    }

    @Test
    void everyCallCountsForItself() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(logits(), LABELS, DIVISOR);
        loss.apply(tensor(1, 4, 2, 2, 2, 2), new int[] {0}, 1);
        assertThat(loss.correct()).isEqualTo(1);
        assertThat(loss.lossSum()).isEqualTo(Math.log(4), within(DOUBLE_TOLERANCE));
    }

    @Test
    void anEmptySliceLosesNothing() {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        Tensor gradient = loss.apply(tensor(0, CLASSES), new int[0], DIVISOR);
        assertThat(loss.lossSum()).isZero();
        assertThat(loss.correct()).isZero();
        assertThat(gradient.shape()).isEqualTo(Shape.of(0, CLASSES));
    }

    private static int hits(int label, float... logits) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(tensor(1, logits.length, logits), new int[] {label}, 1);
        return loss.correct();
    }

    private static int hitsInFive(int label, float... logits) {
        SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(0);
        loss.apply(tensor(1, logits.length, logits), new int[] {label}, 1);
        return loss.correctInFive();
    }

    /** −Σ target·log softmax, without the shift that keeps exp finite. */
    private static double lossSum(double[] logits, double smoothing) {
        double sum = 0;
        for (int example = 0; example < EXAMPLES; example++) {
            double partition = 0;
            for (int i = 0; i < CLASSES; i++) {
                partition += Math.exp(logits[example * CLASSES + i]);
            }
            for (int i = 0; i < CLASSES; i++) {
                double target = smoothing / CLASSES + (i == LABELS[example] ? 1 - smoothing : 0);
                sum -= target * Math.log(Math.exp(logits[example * CLASSES + i]) / partition);
            }
        }
        return sum;
    }

    private static Tensor logits() {
        RandomSource random = RandomSource.of(1, "logits");
        float[] logits = new float[EXAMPLES * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (3 * random.gaussian(i));
        }
        return tensor(EXAMPLES, CLASSES, logits);
    }

    private static Tensor tensor(int examples, int classes, float... values) {
        return new Tensor(values, Shape.of(examples, classes));
    }

    private static double[] doubles(Tensor tensor) {
        double[] values = new double[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.data()[i];
        }
        return values;
    }
}
