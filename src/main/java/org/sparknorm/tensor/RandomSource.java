package org.sparknorm.tensor;

import java.io.Serializable;

/**
 * Random numbers that are a pure function of (seed, purpose, coordinates...): no stream is drawn from, so the order in
 * which they are asked for, and by whom, cannot show. A source is a 64-bit key; {@link #at(long)} descends to the
 * source of a coordinate, the other methods read values at an index.
 *
 * <p>Mixing is that of SplitMix64 (Steele, Lea, Flood 2014).
 */
public record RandomSource(long key) implements Serializable {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** The source of one purpose ({@code "deal"}, {@code "initial fc1.weight"}) of a run. */
    public static RandomSource of(long seed, String purpose) {
        long key = mix(seed + GOLDEN_GAMMA);
        for (int i = 0; i < purpose.length(); i++) {
            key = mix((key ^ purpose.charAt(i)) + GOLDEN_GAMMA);
        }
        return new RandomSource(key);
    }

    /** The source of one purpose within this one. */
    public RandomSource of(String purpose) {
        return of(key, purpose);
    }

    /** The source of one coordinate: an epoch, a step, a slice, an example. */
    public RandomSource at(long coordinate) {
        return new RandomSource(bits(coordinate));
    }

    /** Returns 64 uniform bits. */
    public long bits(long index) {
        return mix(mix(key ^ mix(index + GOLDEN_GAMMA)) + GOLDEN_GAMMA);
    }

    /** Returns a uniform number in [0, 1), a multiple of 2⁻⁵³. */
    public double uniform(long index) {
        return (bits(index) >>> 11) * 0x1.0p-53;
    }

    /** Returns a normal number with mean 0 and deviation 1 (Box and Muller). */
    public double gaussian(long index) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * index)));
        return radius * StrictMath.cos(2 * StrictMath.PI * uniform(2 * index + 1));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
