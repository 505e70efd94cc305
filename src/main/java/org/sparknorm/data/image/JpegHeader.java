package org.sparknorm.data.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the segments of a JPEG (ITU-T T.81, annex B) up to its first scan. The format does not say which colours 3 or 4
 * components are; the rules for that are those of libjpeg ({@code default_decompress_parms}), not the guesses of the
 * JDK's reader.
 */
final class JpegHeader {
    /** The colours that the components of a pixel are. */
    enum Colors {
        GRAY,
        YCBCR,
        RGB,
        CMYK,
        YCCK
    }

    private static final int APPLICATION = 0xe0;
    private static final int ADOBE_TRANSFORM = 11;
    private static final int JFIF_BYTES = 14;
    /** Progressive files have about ten scans; each passes over the whole picture, however few bytes it has. */
    private static final int MOST_SCANS = 500;

    private final byte[] bytes;
    private int frame = -1;
    private Picture.Size size;
    private byte[] components = {};
    private boolean jfif;
    private int adobeTransform = -1;
    private Orientation orientation;

    /**
     * @throws BufferUnderflowException if the file ends before its first scan
     * @throws BadImageException if the JPEG is of a kind that cannot be read
     */
    JpegHeader(byte[] bytes) throws BadImageException {
        this.bytes = bytes;
        ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        for (int marker = nextMarker(in); marker != JpegMarker.SCAN; marker = nextMarker(in)) {
            if (marker == JpegMarker.END) {
                throw new BadImageException("JPEG has no image");
            }
            if (!JpegMarker.isAlone(marker)) {
                note(marker, segment(in));
            }
        }
        if (frame < 0) {
            throw new BadImageException("JPEG has no size");
        }
    }

    private void note(int marker, ByteBuffer segment) throws BadImageException {
        if (JpegMarker.isFrame(marker)) {
            noteFrame(marker, segment);
        } else if (marker == APPLICATION) {
            jfif |= segment.limit() >= JFIF_BYTES && startsWith(segment, "JFIF\0");
        } else if (marker == APPLICATION + 1 && orientation == null && startsWith(segment, "Exif\0\0")) {
            orientation = Orientation.ofExif(segment.slice(6, segment.limit() - 6));
        } else if (marker == APPLICATION + 14 && segment.limit() > ADOBE_TRANSFORM && startsWith(segment, "Adobe")) {
            adobeTransform = Byte.toUnsignedInt(segment.get(ADOBE_TRANSFORM));
        }
    }

    private void noteFrame(int marker, ByteBuffer segment) throws BadImageException {
        if (frame >= 0) {
            throw new BadImageException("JPEG has two sizes");
        }
        frame = marker;
        int precision = segment.get();
        int height = Short.toUnsignedInt(segment.getShort());
        int width = Short.toUnsignedInt(segment.getShort());
        size = new Picture.Size(width, height);
        components = new byte[Byte.toUnsignedInt(segment.get())];
        for (int i = 0; i < components.length; i++) {
            components[i] = segment.get();
            segment.getShort();
        }
        if (!isLossless() && (frame > JpegMarker.PROGRESSIVE || precision != 8)) {
            throw new BadImageException(
                    "JPEG of process %d with %d bits cannot be read".formatted(frame & 0xf, precision));
        }
        if (components.length != 1 && components.length != 3 && components.length != 4) {
            throw new BadImageException("JPEG of %d components cannot be read".formatted(components.length));
        }
    }

    private static boolean startsWith(ByteBuffer segment, String text) {
        byte[] start = text.getBytes(StandardCharsets.US_ASCII);
        return segment.limit() >= start.length && segment.slice(0, start.length).equals(ByteBuffer.wrap(start));
    }

    /** The size of the stored image, before {@link #orientation} is applied. */
    Picture.Size size() {
        return size;
    }

    Orientation orientation() {
        return orientation == null ? Orientation.UPRIGHT : orientation;
    }

    boolean isLossless() {
        return frame == JpegMarker.LOSSLESS;
    }

    Colors colors() {
        if (components.length == 1) {
            return Colors.GRAY;
        }
        if (components.length == 4) {
            return adobeTransform <= 0 ? Colors.CMYK : Colors.YCCK;
        }
        boolean named = components[0] == 'R' && components[1] == 'G' && components[2] == 'B';
        return !jfif && (adobeTransform == 0 || (adobeTransform < 0 && named)) ? Colors.RGB : Colors.YCBCR;
    }

    /**
     * Copies the file without profiles, thumbnails and comments, which make readers fail or take half of their time.
     * One segment of Adobe's is added, which tells the reader the result of {@link #colors}.
     *
     * @throws BufferUnderflowException if the file ends before its end marker
     */
    byte[] withoutMetadata() throws BadImageException {
        ByteBuffer out = ByteBuffer.allocate(bytes.length + JpegMarker.ADOBE_BYTES);
        JpegMarker.putSingle(out, JpegMarker.START);
        JpegMarker.putAdobe(out, colors() == Colors.YCCK ? 2 : colors() == Colors.YCBCR ? 1 : 0);
        ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        int scans = 0;
        for (int marker = nextMarker(in); marker != JpegMarker.END; marker = nextMarker(in)) {
            if (JpegMarker.isAlone(marker)) {
                continue;
            }
            ByteBuffer segment = segment(in);
            if (JpegMarker.isFrame(marker) && scans > 0) {
                throw new BadImageException("JPEG has two sizes");
            }
            if (!JpegMarker.isMetadata(marker)) {
                JpegMarker.putSegment(out, marker, segment);
            }
            if (marker == JpegMarker.SCAN) {
                int end = endOfScan(in.position());
                out.put(bytes, in.position(), end - in.position());
                in.position(end);
                scans++;
            }
            if (scans > MOST_SCANS) {
                throw new BadImageException("JPEG has more than " + MOST_SCANS + " scans");
            }
        }
        JpegMarker.putSingle(out, JpegMarker.END);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Returns the second byte of the next marker, and skips bytes between segments, as libjpeg does. */
    private static int nextMarker(ByteBuffer in) {
        int value = Byte.toUnsignedInt(in.get());
        while (true) {
            while (value != JpegMarker.ESCAPE) {
                value = Byte.toUnsignedInt(in.get());
            }
            while (value == JpegMarker.ESCAPE) {
                value = Byte.toUnsignedInt(in.get());
            }
            if (value != 0) {
                return value;
            }
        }
    }

    private static ByteBuffer segment(ByteBuffer in) throws BadImageException {
        int length = Short.toUnsignedInt(in.getShort()) - Short.BYTES;
        if (length < 0) {
            throw new BadImageException("JPEG has a segment without a length");
        }
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer segment = in.slice(in.position(), length);
        in.position(in.position() + length);
        return segment;
    }

    /** Returns the index of the next marker that is not a restart within the scan. */
    private int endOfScan(int from) {
        for (int i = from; i + 1 < bytes.length; i++) {
            if (bytes[i] == (byte) JpegMarker.ESCAPE && JpegMarker.endsScan(Byte.toUnsignedInt(bytes[i + 1]))) {
                return i;
            }
        }
        throw new BufferUnderflowException();
    }
}
