package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.tensor.RandomSource;

/** Orders of 0..n-1: each number once, another order for another key. */
@Tag("unit")
class PermutationTest {
    private static final long SEED = 1;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1000, 65_536, 65_537})
    void everyNumberComesOnce(int size) {
        Permutation permutation = permutation(size, 0);
        BitSet seen = new BitSet(size);
        for (int place = 0; place < size; place++) {
            seen.set((int) permutation.at(place));
        }
        assertThat(seen.cardinality()).isEqualTo(size);
        assertThat(seen.length()).isEqualTo(size);
    }

    @Test
    void theSameKeyGivesTheSameOrder() {
        assertThat(order(permutation(1000, 3), 1000)).isEqualTo(order(permutation(1000, 3), 1000));
    }

    @Test
    void anotherKeyGivesAnotherOrder() {
        int size = 1000;
        long[] one = order(permutation(size, 0), size);
        long[] other = order(permutation(size, 1), size);
        int same = 0;
        for (int place = 0; place < size; place++) {
            same += one[place] == other[place] ? 1 : 0;
        }
        // Two random orders agree in one place on average, in ten or more once in nine million pairs.
        assertThat(same).as("seed %d", SEED).isLessThan(10);
    }

    @Test
    void theOrderDependsOnTheWholeKeyAndNotOnTheSizeAlone() {
        long[] first = order(permutation(10, 0), 10);
        int different = 0;
        for (int key = 1; key <= 20; key++) {
            different += Arrays.equals(first, order(permutation(10, key), 10)) ? 0 : 1;
        }
        assertThat(different).as("seed %d", SEED).isEqualTo(20);
    }

    @Test
    void everyNumberIsAboutEquallyLikelyInTheFirstPlace() {
        int size = 10;
        int orders = 10_000;
        int[] counts = new int[size];
        for (int key = 0; key < orders; key++) {
            counts[(int) permutation(size, key).at(0)]++;
        }
        for (int count : counts) {
            // 1000 each on average; five deviations of 30.
            assertThat(count).as("seed %d", SEED).isBetween(850, 1150);
        }
    }

    @Test
    void aLargeOrderNeedsNoMemory() {
        long size = 1L << 40;
        Permutation permutation = permutation(size, 0);
        assertThat(permutation.at(size - 1)).isBetween(0L, size - 1).isNotEqualTo(permutation.at(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 10, Long.MAX_VALUE})
    void aPlaceThatIsNoneIsRefused(long place) {
        Permutation permutation = permutation(10, 0);
        assertThatThrownBy(() -> permutation.at(place))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage(place + " of 10");
    }

    private static Permutation permutation(long size, long key) {
        return new Permutation(size, RandomSource.of(SEED, "deal").at(key));
    }

    private static long[] order(Permutation permutation, int size) {
        long[] order = new long[size];
        for (int place = 0; place < size; place++) {
            order[place] = permutation.at(place);
        }
        return order;
    }
}
