package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A kernel with vectors and the plain one, whose bits it has to give for all lengths, not a number and infinities
 * included.
 */
public record KernelPair(String name, Kernel fast, Kernel plain) {
    /** Where the elements of a block begin in longer arrays. */
    static final int OFFSET = 3;

    private static final long SEED = 42;
    private static final int ARRAYS = 6;
    private static final int LONGEST = 131;

    /** Works on six arrays, all elements from one index to another. */
    @FunctionalInterface
    public interface Kernel {
        void run(float[][] v, int from, int to);
    }

    public static Stream<KernelPair> of(String name, List<Kernel> fast, List<Kernel> plain) {
        return IntStream.range(0, fast.size()).mapToObj(i -> new KernelPair(name + " " + i, fast.get(i), plain.get(i)));
    }

    public void assertSameBits() {
        for (int length : new int[] {0, 1, 7, 13, 16, 65, 128}) {
            for (int from = 0; from <= Math.min(2, length); from++) {
                float[][] ofFast = values(SEED + length);
                float[][] ofPlain = values(SEED + length);
                fast.run(ofFast, from, length);
                plain.run(ofPlain, from, length);
                for (int array = 0; array < ARRAYS; array++) {
                    assertThat(ofFast[array])
                            .as("seed %d, array %d, elements %d to %d", SEED + length, array, from, length)
                            .isEqualTo(ofPlain[array]);
                }
            }
        }
    }

    /** Some values are equal, some are not finite. */
    private static float[][] values(long seed) {
        Random random = new Random(seed);
        float[][] values = new float[ARRAYS][OFFSET + LONGEST];
        for (float[] array : values) {
            for (int i = 0; i < array.length; i++) {
                array[i] = switch (random.nextInt(12)) {
                    case 0 -> 0f;
                    case 1 -> -0f;
                    case 2 -> Float.NaN;
                    case 3 -> random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
                    default -> random.nextInt(5) == 0 ? 1f : (float) random.nextGaussian();
                };
            }
        }
        return values;
    }

    @Override
    public String toString() {
        return name;
    }
}
