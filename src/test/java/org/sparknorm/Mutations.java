package org.sparknorm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Inputs for readers of foreign bytes: files that are whole, the same with damage, and noise. Every build has the same; under
 * the profile {@code fuzz} they are where Jazzer begins.
 */
public final class Mutations {
    /** Of a reader, where Jazzer goes on from here. */
    public static final long RUNS = 100_000;

    private static final long SEED = 20_261_121;
    private static final int DAMAGED = 200;
    private static final int MOST_CHANGES = 3;
    private static final int MOST_NOISE = 200;
    private static final int DEEPEST_LOG2 = 12;
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        127,
        255,
        32_767,
        65_535,
        100_000_000,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final String[] NESTS = {"[", "{", "{\"a\":", "${", "\"", "a."};

    private final Random random = new Random(SEED);
    private final byte[][] whole;

    private Mutations(byte[][] whole) {
        this.whole = whole;
    }

    /** The files themselves, and what became of them. */
    public static Stream<Arguments> of(byte[]... whole) {
        Mutations mutations = new Mutations(whole);
        return Stream.concat(
                IntStream.range(0, whole.length).mapToObj(i -> input("whole " + i, whole[i])),
                IntStream.range(0, DAMAGED).mapToObj(i -> input("damaged " + i, mutations.damaged())));
    }

    public static Stream<Arguments> of(String... whole) {
        return of(Arrays.stream(whole)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
    }

    private static Arguments input(String name, byte[] bytes) {
        return Arguments.of(Named.of(name + " of seed " + SEED, bytes));
    }

    private byte[] damaged() {
        if (random.nextInt(20) == 0) {
            return noise();
        }
        byte[] file = any();
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            file = changed(file);
        }
        return file;
    }

    private byte[] changed(byte[] file) {
        int from = random.nextInt(file.length + 1);
        int to = from + random.nextInt(file.length - from + 1);
        return switch (random.nextInt(8)) {
            case 0 -> flipped(file);
            case 1 -> overwritten(file, from);
            case 2 -> Arrays.copyOf(file, from);
            case 3 -> joined(file, to, file, from); // twice from..to
            case 4 -> joined(file, from, file, to); // without from..to
            case 5 -> spliced(file, from);
            case 6 -> inserted(file, from, noise());
            default -> inserted(file, from, nest());
        };
    }

    private byte[] any() {
        return whole[random.nextInt(whole.length)];
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(MOST_NOISE)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] nest() {
        String nest = NESTS[random.nextInt(NESTS.length)];
        return nest.repeat(1 << random.nextInt(DEEPEST_LOG2 + 1)).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] flipped(byte[] file) {
        byte[] copy = file.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return copy;
    }

    /** With a number where perhaps a length stood, of 32 or 64 bits, in either order of bytes. */
    private byte[] overwritten(byte[] file, int at) {
        ByteBuffer copy = ByteBuffer.wrap(file.clone())
                .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long number = random.nextInt(3) == 0
                ? random.nextInt(2 * file.length + 1)
                : EXTREMES[random.nextInt(EXTREMES.length)];
        boolean isLong = random.nextBoolean();
        int start = Math.min(at, file.length - (isLong ? Long.BYTES : Integer.BYTES));
        if (start >= 0 && isLong) {
            copy.putLong(start, number);
        } else if (start >= 0) {
            copy.putInt(start, (int) number);
        }
        return copy.array();
    }

    private byte[] spliced(byte[] file, int at) {
        byte[] other = any();
        return joined(file, at, other, random.nextInt(other.length + 1));
    }

    private static byte[] inserted(byte[] file, int at, byte[] middle) {
        return joined(joined(file, at, middle, 0), at + middle.length, file, at);
    }

    /** The left one up to an end, then the right one from a start on. */
    private static byte[] joined(byte[] left, int end, byte[] right, int start) {
        byte[] joined = Arrays.copyOf(left, end + right.length - start);
        System.arraycopy(right, start, joined, end, right.length - start);
        return joined;
    }
}
