package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random numbers as pure functions: pinned bits, independence of their coordinates, and their distributions. */
@Tag("unit")
class RandomSourceTest {
    private static final RandomSource RANDOM = RandomSource.of(1, "deal");
    private static final int COUNT = 100_000;
    /** A mean of many draws is farther than five of its deviations off once in 1.7 million seeds; this seed is fixed. */
    private static final double DEVIATIONS = 5;

    @Test
    void sameCoordinatesGiveTheSameBits() {
        assertThat(RandomSource.of(1, "deal").at(3).bits(5))
                .isEqualTo(RANDOM.at(3).bits(5));
    }

    @Test
    void theBitsAreThoseOfEveryOtherMachine() {
        // From the same formulas in another language.
        assertThat(RANDOM.key()).isEqualTo(0x837cd5df3c644618L);
        assertThat(RANDOM.bits(0)).isEqualTo(0xcf63b0c3e3377d02L);
        assertThat(RANDOM.bits(1)).isEqualTo(0xf561ca5188123280L);
        assertThat(RANDOM.at(3).bits(5)).isEqualTo(0x8976b687c5959a91L);
        assertThat(RANDOM.uniform(7)).isEqualTo(0.6117921485258393);
    }

    @Test
    void gaussianIsThatOfBoxAndMuller() {
        // From another language, whose logarithm and cosine may differ in the last bits.
        assertThat(RANDOM.gaussian(7)).isEqualTo(1.1061925905417251, within(1e-14));
    }

    @Test
    void anotherSeedPurposeOrCoordinateGivesOtherBits() {
        Set<Long> values = new HashSet<>();
        values.add(RANDOM.bits(5));
        values.add(RANDOM.bits(6));
        values.add(RANDOM.at(5).bits(5));
        values.add(RANDOM.at(6).bits(5));
        values.add(RANDOM.at(5).at(6).bits(5));
        values.add(RANDOM.at(6).at(5).bits(5));
        values.add(RandomSource.of(2, "deal").bits(5));
        values.add(RandomSource.of(1, "lead").bits(5));
        values.add(RandomSource.of(1, "dea").bits(5));
        assertThat(values).hasSize(9);
    }

    @Test
    void neighbouringIndicesAndKeysNeverMeet() {
        Set<Long> values = new HashSet<>();
        for (int key = 0; key < 100; key++) {
            for (int index = 0; index < 1_000; index++) {
                values.add(RANDOM.at(key).bits(index));
            }
        }
        // Two of 10⁵ random 64-bit numbers are equal with probability 3·10⁻¹⁰.
        assertThat(values).hasSize(100_000);
    }

    @Test
    void everyBitIsSetHalfTheTime() {
        int[] set = new int[Long.SIZE];
        for (int i = 0; i < COUNT; i++) {
            long bits = RANDOM.bits(i);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                set[bit] += (int) (bits >>> bit & 1);
            }
        }
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertThat((double) set[bit] / COUNT)
                    .as("bit %d", bit)
                    .isEqualTo(0.5, within(DEVIATIONS * 0.5 / Math.sqrt(COUNT)));
        }
    }

    @Test
    void uniformIsFromZeroToBelowOne() {
        double smallest = 1;
        double largest = 0;
        for (int i = 0; i < COUNT; i++) {
            smallest = Math.min(smallest, RANDOM.uniform(i));
            largest = Math.max(largest, RANDOM.uniform(i));
        }
        // All of n draws miss an end of width 20/n with probability e⁻²⁰.
        assertThat(smallest).isBetween(0.0, 20.0 / COUNT);
        assertThat(largest).isBetween(1 - 20.0 / COUNT, Math.nextDown(1.0));
    }

    @Test
    void uniformHasMeanOneHalf() {
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += RANDOM.uniform(i);
        }
        assertThat(sum / COUNT).isEqualTo(0.5, within(DEVIATIONS * Math.sqrt(1.0 / 12 / COUNT)));
    }

    @Test
    void gaussianHasMeanZeroAndDeviationOne() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < COUNT; i++) {
            double value = RANDOM.gaussian(i);
            sum += value;
            squares += value * value;
        }
        assertThat(sum / COUNT).isEqualTo(0, within(DEVIATIONS / Math.sqrt(COUNT)));
        assertThat(Math.sqrt(squares / COUNT)).isEqualTo(1, within(DEVIATIONS / Math.sqrt(2.0 * COUNT)));
    }

    @Test
    void gaussianHasTheTailsOfANormalDistribution() {
        int beyondTwo = 0;
        for (int i = 0; i < COUNT; i++) {
            beyondTwo += Math.abs(RANDOM.gaussian(i)) > 2 ? 1 : 0;
        }
        double share = 0.0455;
        double deviation = Math.sqrt(share * (1 - share) / COUNT);
        assertThat((double) beyondTwo / COUNT).isEqualTo(share, within(DEVIATIONS * deviation));
    }
}
