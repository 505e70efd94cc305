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
 * The examples of a partition in a file of the local disk, memory-mapped: the page cache is the cache. Written once, then
 * read by any number of threads. The file has no name any more when it is read; its space is given back with the mapping,
 * however the process ends.
 */
public final class ExampleFile {
    private final List<ByteBuffer> mappings;
    private final long mappingBytes;

    private ExampleFile(List<ByteBuffer> mappings, long mappingBytes) {
        this.mappings = mappings;
        this.mappingBytes = mappingBytes;
    }

    /** The bytes that {@link Writer#append} put there. */
    public byte[] read(long address, int count) {
        byte[] bytes = new byte[count];
        mappings.get((int) (address / mappingBytes)).get((int) (address % mappingBytes), bytes);
        return bytes;
    }

    /** Fills a file. */
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

        /** @return its address */
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

        /** Takes the file's name away; what is mapped stays. */
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
