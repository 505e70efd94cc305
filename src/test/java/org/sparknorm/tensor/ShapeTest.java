package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shapes: sizes, the step between an example and a batch of them, and what is refused. */
@Tag("unit")
class ShapeTest {
    @Test
    void sizeIsTheProductOfTheDimensions() {
        assertThat(Shape.of(2, 3, 5).size()).isEqualTo(30);
    }

    @Test
    void theEmptyShapeHasOneElement() {
        assertThat(Shape.of().size()).isEqualTo(1);
        assertThat(Shape.of().rank()).isZero();
    }

    @Test
    void aDimensionOfZeroMakesItEmpty() {
        assertThat(Shape.of(0, 28, 28, 1).size()).isZero();
    }

    @Test
    void aBatchOfExamplesHasTheirShapeBehindTheCount() {
        assertThat(Shape.of(28, 28, 1).batch(60)).isEqualTo(Shape.of(60, 28, 28, 1));
        assertThat(Shape.of(60, 28, 28, 1).example()).isEqualTo(Shape.of(28, 28, 1));
    }

    @Test
    void lastIsTheInnermostDimension() {
        assertThat(Shape.of(28, 20, 3).last()).isEqualTo(3);
        assertThat(Shape.of(28, 20, 3).dimension(1)).isEqualTo(20);
    }

    @Test
    void shapesAreEqualByTheirDimensions() {
        assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).isNotEqualTo(Shape.of(2, 3, 1));
    }

    @Test
    void itIsWrittenAsPytorchWritesIt() {
        assertThat(Shape.of(100, 784)).hasToString("[100, 784]");
        assertThat(Shape.of()).hasToString("[]");
    }

    @Test
    void changingTheArraysAroundItChangesNothing() {
        int[] dimensions = {2, 3};
        Shape shape = Shape.of(dimensions);
        dimensions[0] = 7;
        shape.toArray()[1] = 7;
        assertThat(shape).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void aNegativeDimensionIsRefused() {
        assertThatThrownBy(() -> Shape.of(2, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("negative dimension in [2, -1]");
    }

    @Test
    void aSizeBeyondTheLongestArrayIsAnError() {
        Shape shape = Shape.of(1 << 16, 1 << 16);
        assertThatThrownBy(shape::size).isInstanceOf(ArithmeticException.class);
    }
}
