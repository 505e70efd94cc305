package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/** What a pool sees at the edges, and where its gradient goes. */
@Tag("unit")
class Pool2dTest {
    private static final Pass PASS = Pass.training(null, null, new Scratch());
    /** 1 .. 16, four rows. */
    private static final Tensor SQUARE = square();

    private static Tensor square() {
        float[] values = new float[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return new Tensor(values, Shape.of(1, 4, 4, 1));
    }

    private static float[] forward(Pool2d.Kind kind, Window window, boolean roundUp) {
        return new Pool2d("pool", kind, window, roundUp).forward(SQUARE, PASS).data();
    }

    @Test
    void roundingDownLeavesOutWhatDoesNotFillAWindow() {
        assertThat(forward(Pool2d.Kind.MAX, new Window(3, 2, 0), false)).containsExactly(11);
    }

    @Test
    void roundingUpLetsTheLastWindowHangOver() {
        assertThat(forward(Pool2d.Kind.MAX, new Window(3, 2, 0), true)).containsExactly(11, 12, 15, 16);
    }

    @Test
    void windowThatWouldBeginBehindTheImageIsNone() {
        Shape output = new Pool2d("pool", Pool2d.Kind.MAX, new Window(2, 3, 1), true).outputShape(Shape.of(4, 4, 1));
        assertThat(output).isEqualTo(Shape.of(2, 2, 1));
    }

    @Test
    void paddingCountsInAnAverageAsZeros() {
        assertThat(forward(Pool2d.Kind.AVERAGE, new Window(2, 2, 1), false))
                .containsExactly(1 / 4f, 5 / 4f, 4 / 4f, 14 / 4f, 34 / 4f, 20 / 4f, 13 / 4f, 29 / 4f, 16 / 4f);
    }

    @Test
    void averageOfTheImageDividesByThePixelsSeen() {
        assertThat(forward(Pool2d.Kind.AVERAGE_OF_IMAGE, new Window(2, 2, 1), false))
                .containsExactly(1, 5 / 2f, 4, 14 / 2f, 34 / 4f, 20 / 2f, 13, 29 / 2f, 16);
    }

    /** As PyTorch: what hangs over the padding counts for nothing. */
    @Test
    void whatHangsOverThePaddingIsNotCounted() {
        assertThat(forward(Pool2d.Kind.AVERAGE, new Window(3, 2, 0), true))
                .containsExactly(
                        54 / 9f,
                        (3 + 4 + 7 + 8 + 11 + 12) / 6f,
                        (9 + 10 + 11 + 13 + 14 + 15) / 6f,
                        (11 + 12 + 15 + 16) / 4f);
    }

    @Test
    void gradientGoesToTheFirstOfEquals() {
        Pool2d pool = new Pool2d("pool", Pool2d.Kind.MAX, new Window(2, 2, 0), false);
        Tensor equal = new Tensor(new float[] {3, 3, 3, 3}, Shape.of(1, 2, 2, 1));
        pool.forward(equal, PASS);
        Tensor dx = pool.backward(new Tensor(new float[] {5}, Shape.of(1, 1, 1, 1)), PASS);
        assertThat(dx.data()).startsWith(5, 0, 0, 0);
    }

    @Test
    void roundedUpAWindowLargerThanTheImageSeesAllOfIt() {
        Pool2d pool = new Pool2d("pool", Pool2d.Kind.MAX, new Window(5, 2, 0), true);
        assertThat(pool.forward(SQUARE, PASS).data()).containsExactly(16);
    }

    @Test
    void windowThatDoesNotFitIsRefusedByName() {
        Pool2d pool = new Pool2d("pool5", Pool2d.Kind.MAX, new Window(3, 2, 0), false);
        assertThatThrownBy(() -> pool.outputShape(Shape.of(2, 2, 8)))
                .hasMessage("pool5 (3×3, stride 2, padding 0) does not fit examples of shape [2, 2, 8]");
    }

    @Test
    void paddingOfMoreThanHalfTheWindowIsRefused() {
        assertThatThrownBy(() -> new Pool2d("pool5", Pool2d.Kind.MAX, new Window(3, 1, 2), false))
                .hasMessage("pool5: padding of more than half the window, 3×3, stride 1, padding 2");
    }
}
