package org.sparknorm.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the examples of a partition in a memory-mapped file of the local disk, so that the page cache caches them. The
 * file is written once and then read by any number of threads. Closing the writer removes the name of the file, so its
 * space becomes free with the mapping, however the process ends.
 */
public final class ExampleFile {
    private final List<ByteBuffer> mappings;
    private final long mappingBytes;

    private ExampleFile(List<ByteBuffer> mappings, long mappingBytes) {
        this.mappings = mappings;
        this.mappingBytes = mappingBytes;
    }

    /** Returns the bytes that {@link Writer#append} wrote at that address. */
    public byte[] read(long address, int count) {
        byte[] bytes = new byte[count];
        mappings.get((int) (address / mappingBytes)).get((int) (address % mappingBytes), bytes);
        return bytes;
    }

    /** Writes the file. */
    public static final class Writer implements Closeable {
        private static final int BUFFER_BYTES = 1 << 20;
        private static final long MAPPING_BYTES = 1L << 30;

        private final File file;
        private final OutputStream out;
        private final long mappingBytes;
        private long length;

        public Writer(File file) throws IOException {
            this(file, MAPPING_BYTES);
        }

        /** @param mappingBytes bytes of one mapping, at least those of every example: none lies in two mappings */
        Writer(File file, long mappingBytes) throws IOException {
            this.file = file;
            this.mappingBytes = mappingBytes;
            this.out = new BufferedOutputStream(new FileOutputStream(file), BUFFER_BYTES);
        }

        /** @return the address of the bytes */
        public long append(byte[] bytes) throws IOException {
            if (length % mappingBytes + bytes.length > mappingBytes) {
                fillTo((length / mappingBytes + 1) * mappingBytes);
            }
            long address = length;
            out.write(bytes);
            length += bytes.length;
            return address;
        }

        private void fillTo(long end) throws IOException {
            byte[] zeros = new byte[BUFFER_BYTES];
            while (length < end) {
                int count = (int) Math.min(zeros.length, end - length);
                out.write(zeros, 0, count);
                length += count;
            }
        }

        /** Maps what has been written. */
        public ExampleFile finish() throws IOException {
            out.close();
            List<ByteBuffer> mappings = new ArrayList<>();
            try (RandomAccessFile access = new RandomAccessFile(file, "r")) {
                for (long from = 0; from < length; from += mappingBytes) {
                    mappings.add(access.getChannel()
                            .map(FileChannel.MapMode.READ_ONLY, from, Math.min(mappingBytes, length - from)));
                }
            }
            return new ExampleFile(mappings, mappingBytes);
        }

        /** Deletes the file; what is mapped stays. */
        @Override
        public void close() throws IOException {
            try {
                out.close();
            } finally {
                if (!file.delete()) {
                    file.deleteOnExit();
                }
            }
        }
    }
}
