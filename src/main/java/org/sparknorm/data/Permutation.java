package org.sparknorm.data;

import org.sparknorm.tensor.RandomSource;

/**
 * A random permutation of 0..n-1 that needs no memory: a Feistel network over the smallest even number of bits that
 * holds n, applied again while its value is n or more (cycle walking; Black and Rogaway 2002).
 */
public final class Permutation {
    private static final int ROUNDS = 6;

    private final long size;
    private final int halfBits;
    private final long halfMask;
    private final RandomSource[] rounds = new RandomSource[ROUNDS];

    public Permutation(long size, RandomSource random) {
        this.size = size;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(size - 1, 1));
        halfBits = (bits + 1) / 2;
        halfMask = (1L << halfBits) - 1;
        for (int round = 0; round < ROUNDS; round++) {
            rounds[round] = random.at(round);
        }
    }

    /**
     * Returns the new place of the element at this place.
     *
     * @throws IndexOutOfBoundsException if the place is not in 0..n-1
     */
    public long at(long place) {
        if (place < 0 || place >= size) {
            throw new IndexOutOfBoundsException(place + " of " + size);
        }
        long value = place;
        do {
            value = encrypt(value);
        } while (value >= size);
        return value;
    }

    private long encrypt(long value) {
        long left = value >>> halfBits;
        long right = value & halfMask;
        for (RandomSource round : rounds) {
            long next = left ^ (round.bits(right) & halfMask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}
