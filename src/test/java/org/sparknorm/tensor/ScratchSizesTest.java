package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ScratchSizesTest {
    @Test
    void freeArrayServesRequestsOfAboutItsLength() {
        ScratchSizes sizes = new ScratchSizes();
        sizes.use(100);
        sizes.use(50);
        sizes.use(100);
        assertThat(sizes.lengths()).containsExactly(100L);
    }

    @Test
    void arraysUsedAtOnceAreDifferent() {
        ScratchSizes sizes = new ScratchSizes();
        sizes.use(100, 100);
        assertThat(sizes.lengths()).containsExactly(100L, 100L);
    }

    @Test
    void arrayThatIsTooShortOrTooLongServesNobody() {
        ScratchSizes sizes = new ScratchSizes();
        sizes.use(100);
        sizes.use(101);
        sizes.use(49);
        assertThat(sizes.lengths()).containsExactlyInAnyOrder(49L, 100L, 101L);
    }

    @Test
    void holdsWhatAScratchWouldAfterTheSameRequests() {
        Scratch scratch = new Scratch();
        ScratchSizes sizes = new ScratchSizes();
        for (int length : new int[] {10, 7, 30, 15, 60, 20, 29, 5}) {
            float[] first = scratch.take(length);
            float[] second = scratch.take(2 * length);
            scratch.give(first);
            scratch.give(second);
            sizes.use(length, 2L * length);
        }
        assertThat(sizes.lengths()).hasSize(scratch.size());
    }
}
