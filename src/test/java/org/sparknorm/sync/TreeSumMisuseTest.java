package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be summed is refused by name. */
@Tag("unit")
class TreeSumMisuseTest {
    @Test
    void aSliceAddedTwiceIsAnErrorThatNamesIt() {
        TreeSum<float[]> sum = SliceArrays.neighbours(0, 4, 8);
        assertThatThrownBy(() -> sum.add(3, SliceArrays.floats(3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [3] give twice");
    }

    @Test
    void slicesInBothSumsAreAnErrorThatNamesThem() {
        TreeSum<float[]> left = SliceArrays.neighbours(0, 5, 8);
        TreeSum<float[]> right = SliceArrays.neighbours(3, 8, 8);
        assertThatThrownBy(() -> left.merge(right))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [3, 4] give twice");
    }

    @Test
    void missingSlicesAreAnErrorThatNamesThem() {
        TreeSum<float[]> sum = SliceArrays.neighbours(1, 4, 6);
        assertThat(sum.missing()).containsExactly(0, 4, 5);
        assertThatThrownBy(sum::root)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [0, 4, 5] are missing");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 6})
    void aSliceThatIsNoneIsAnError(int slice) {
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, 6);
        assertThatThrownBy(() -> sum.add(slice, SliceArrays.floats(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slice " + slice + " is none of 0..5");
    }

    @Test
    void aSumOverNoSliceIsRefused() {
        assertThatThrownBy(() -> new TreeSum<>(ArrayKind.FLOATS, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sumsOverDifferentNumbersOfSlicesDoNotMerge() {
        TreeSum<float[]> left = SliceArrays.neighbours(0, 2, 4);
        TreeSum<float[]> right = SliceArrays.neighbours(2, 4, 5);
        assertThatThrownBy(() -> left.merge(right))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("4 and 5 slices");
    }

    @Test
    void arraysOfDifferentLengthsAreRefused() {
        TreeSum<double[]> doubles = new TreeSum<>(ArrayKind.DOUBLES, 2).add(0, new double[2]);
        assertThatThrownBy(() -> doubles.add(1, new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths: 2 and 3");
        TreeSum<float[]> floats = new TreeSum<>(ArrayKind.FLOATS, 2).add(1, new float[0]);
        assertThatThrownBy(() -> floats.add(0, new float[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths: 1 and 0");
    }
}
