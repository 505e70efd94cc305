package org.sparknorm.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.sparknorm.config.RefusedException;

/**
 * Reads the IDX files of MNIST: a magic number (0x00000803 for images, 0x00000801 for labels), the dimensions as
 * big-endian 32-bit numbers, then unsigned bytes. A file whose name ends in {@code .gz} is unpacked.
 */
public final class Idx implements AutoCloseable {
    private static final int IMAGES_MAGIC = 0x00000803;
    private static final int LABELS_MAGIC = 0x00000801;
    private static final String PACKED = ".gz";
    /** The most that Deflate makes of one byte. */
    private static final int BYTES_PER_PACKED_BYTE = 1032;
    /** The bytes of an image must fit an array, with room for what is put before them. */
    private static final int LARGEST_IMAGE = Integer.MAX_VALUE - 1024;

    private final DataInputStream in;
    private final String name;
    private final Header header;

    /** The number of examples of a file, and for images their height and width in pixels (else 0). */
    public record Header(int count, int height, int width) {}

    private Idx(DataInputStream in, String name, Header header) {
        this.in = in;
        this.name = name;
        this.header = header;
    }

    /**
     * Reads the header of a file of images.
     *
     * @param length length of the file in bytes; a header with more examples than fit it is refused
     * @param name name of the file, for messages
     * @throws RefusedException if it is no such file
     */
    public static Idx images(InputStream stream, long length, String name) throws IOException {
        return open(stream, length, name, IMAGES_MAGIC);
    }

    /**
     * Reads the header of a file of labels.
     *
     * @param length length of the file in bytes; a header with more examples than fit it is refused
     * @param name name of the file, for messages
     * @throws RefusedException if it is no such file
     */
    public static Idx labels(InputStream stream, long length, String name) throws IOException {
        return open(stream, length, name, LABELS_MAGIC);
    }

    private static Idx open(InputStream stream, long length, String name, int expected) throws IOException {
        try {
            InputStream unpacked = name.endsWith(PACKED) ? new GZIPInputStream(stream, 1 << 16) : stream;
            DataInputStream in = new DataInputStream(unpacked);
            int magic = in.readInt();
            if (magic != expected) {
                throw new RefusedException(
                        "%s begins with 0x%08x, not with 0x%08x".formatted(name, magic, expected),
                        "give an IDX file of " + (expected == IMAGES_MAGIC ? "images" : "labels"));
            }
            int count = dimension(in, name);
            Header header = expected == IMAGES_MAGIC
                    ? new Header(count, dimension(in, name), dimension(in, name))
                    : new Header(count, 0, 0);
            checkRoom(header, expected == IMAGES_MAGIC, length, name);
            return new Idx(in, name, header);
        } catch (EOFException | ZipException e) {
            throw damaged(name, e);
        }
    }

    private static void checkRoom(Header header, boolean isImages, long length, String name) {
        long exampleBytes = isImages ? (long) header.height() * header.width() : 1;
        long most = name.endsWith(PACKED) ? length * BYTES_PER_PACKED_BYTE : length;
        // A product of the three dimensions might need more than 64 bits.
        boolean isBeyond = exampleBytes > 0 && header.count() > most / exampleBytes;
        if (isBeyond || exampleBytes > LARGEST_IMAGE) {
            throw new RefusedException(
                    name + " claims " + header.count()
                            + (isImages ? " images of " + header.height() + " x " + header.width() : " labels") + " in "
                            + length + " bytes",
                    "fetch the file again");
        }
    }

    private static int dimension(DataInputStream in, String name) throws IOException {
        int dimension = in.readInt();
        if (dimension < 0) {
            throw new RefusedException(name + " has a dimension of " + dimension, "replace the file");
        }
        return dimension;
    }

    public Header header() {
        return header;
    }

    /**
     * Fills the array with the bytes that follow.
     *
     * @throws RefusedException if the file ends earlier, or its packing is damaged
     */
    public void read(byte[] target) throws IOException {
        try {
            in.readFully(target);
        } catch (EOFException | ZipException e) {
            throw damaged(name, e);
        }
    }

    /**
     * Checks that the file ends here; a packed file has its checksum there.
     *
     * @throws RefusedException if the file goes on, or the checksum is wrong
     */
    public void finish() throws IOException {
        try {
            if (in.read() >= 0) {
                throw new RefusedException(name + " goes on after its last example", "fetch the file again");
            }
        } catch (EOFException | ZipException e) {
            throw damaged(name, e);
        }
    }

    private static RefusedException damaged(String name, IOException e) {
        return new RefusedException(
                name + (e instanceof EOFException ? " ends too early" : " is damaged: " + e.getMessage()),
                "fetch the file again");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
