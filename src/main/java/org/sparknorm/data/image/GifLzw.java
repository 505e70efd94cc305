package org.sparknorm.data.image;

/** Decodes a GIF frame to palette indices: LZW with codes of up to 12 bits, the lowest bits of a byte first. */
final class GifLzw {
    private static final int TABLE = 4096;
    private static final int MOST_BITS = 12;
    private static final int MOST_ROOT_BITS = 8;
    private static final int NONE = -1;

    private final byte[] data;
    private final byte[] indices;
    private final int clear;
    /** By code: the code of all its indices but the last. */
    private final short[] prefix = new short[TABLE];
    /** By code: its last index. */
    private final byte[] last = new byte[TABLE];

    private final byte[] reversed = new byte[TABLE + 1];
    private long bit;
    private int done;
    private int bits;
    private int next;
    private int previous;
    private byte first;

    private GifLzw(byte[] data, int rootBits, int count) {
        this.data = data;
        this.indices = new byte[count];
        this.clear = 1 << rootBits;
        for (int root = 0; root < clear; root++) {
            last[root] = (byte) root;
        }
        empty(rootBits);
    }

    /** @throws BadImageException if the codes give fewer than {@code count} indices, or are impossible */
    static byte[] decode(byte[] data, int rootBits, int count) throws BadImageException {
        if (rootBits < 1 || rootBits > MOST_ROOT_BITS) {
            throw new BadImageException("GIF is damaged: codes of %d bits".formatted(rootBits));
        }
        GifLzw codes = new GifLzw(data, rootBits, count);
        while (codes.done < count) {
            int code = codes.read();
            if (code == codes.clear) {
                codes.empty(rootBits);
            } else if (code == NONE || code == codes.clear + 1) {
                throw new BadImageException("GIF has %d of its %d pixels".formatted(codes.done, count));
            } else {
                codes.put(code);
            }
        }
        return codes.indices;
    }

    private void empty(int rootBits) {
        bits = rootBits + 1;
        next = clear + 2;
        previous = NONE;
    }

    private int read() {
        if (bit + bits > 8L * data.length) {
            return NONE;
        }
        int at = (int) (bit >> 3);
        int window = 0;
        for (int i = 0; i < Integer.BYTES && at + i < data.length; i++) {
            window |= Byte.toUnsignedInt(data[at + i]) << (Byte.SIZE * i);
        }
        int code = (window >>> (bit & 7)) & ((1 << bits) - 1);
        bit += bits;
        return code;
    }

    private void put(int code) throws BadImageException {
        if (code > (previous == NONE ? clear - 1 : next)) {
            throw new BadImageException("GIF is damaged: a code after the end of its table");
        }
        int length = 0;
        int rest = code;
        if (code == next) {
            // This code is defined only now: the previous one, followed by its own first index.
            reversed[length++] = first;
            rest = previous;
        }
        for (; rest >= clear; rest = prefix[rest]) {
            reversed[length++] = last[rest];
        }
        first = last[rest];
        reversed[length++] = first;
        while (length > 0 && done < indices.length) {
            indices[done++] = reversed[--length];
        }
        if (previous != NONE && next < TABLE) {
            define();
        }
        previous = code;
    }

    private void define() {
        prefix[next] = (short) previous;
        last[next] = first;
        next++;
        if (next == 1 << bits && bits < MOST_BITS) {
            bits++;
        }
    }
}
