package org.sparknorm.data.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** JPEGs of the kinds that ordinary writers do not make. */
final class JpegFiles {
    static final int JFIF = 0xe0;
    static final int EXIF = 0xe1;
    static final int PROFILE = 0xe2;
    static final int ADOBE = 0xee;

    private JpegFiles() {}

    /** Every pixel has these samples, written as they are: no JFIF, no conversion, no component at a lower resolution. */
    static byte[] plain(int width, int height, int... samples) {
        byte[] data = new byte[width * height * samples.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) samples[i % samples.length];
        }
        return ofSamples(width, height, data, false);
    }

    /** The bands of a pixel side by side. */
    static byte[] ofSamples(int width, int height, byte[] data, boolean isProgressive) {
        int bands = data.length / (width * height);
        int[] offsets = Arrays.copyOf(new int[] {0, 1, 2, 3}, bands);
        Raster raster = Raster.createInterleavedRaster(
                new DataBufferByte(data, data.length), width, height, bands * width, bands, offsets, null);
        return write(new IIOImage(raster, null, null), isProgressive);
    }

    static byte[] ofPicture(Picture picture, boolean isProgressive) {
        return write(new IIOImage(picture.image(), null, null), isProgressive);
    }

    private static byte[] write(IIOImage image, boolean isProgressive) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriter writer = ImageIoPlugins.jpegWriter();
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(1);
            if (isProgressive) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.setOutput(out);
            writer.write(null, image, param);
            writer.dispose();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** With one more segment at the front. */
    static byte[] with(byte[] jpeg, int marker, byte[] segment) {
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + segment.length + 4);
        out.put(jpeg, 0, 2).putShort((short) (0xff00 | marker)).putShort((short) (segment.length + 2));
        return out.put(segment).put(jpeg, 2, jpeg.length - 2).array();
    }

    static byte[] adobe(int transform) {
        return ByteBuffer.allocate(12)
                .put("Adobe".getBytes(StandardCharsets.US_ASCII))
                .put(11, (byte) transform)
                .array();
    }

    static byte[] jfif() {
        return ByteBuffer.allocate(14)
                .put("JFIF".getBytes(StandardCharsets.US_ASCII))
                .putShort(5, (short) 0x0101)
                .array();
    }

    /** One directory that has a width before the orientation. */
    static byte[] exif(int orientation, ByteOrder order) {
        ByteBuffer segment = ByteBuffer.allocate(44);
        segment.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        segment.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        segment.order(order).putShort((short) 42).putInt(8).putShort((short) 2);
        segment.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(64);
        segment.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return segment.array();
    }

    /** Index of the content of the segment after a marker, after its length. */
    static int segment(byte[] jpeg, int marker) {
        ByteBuffer in = ByteBuffer.wrap(jpeg);
        int at = 2;
        while (Byte.toUnsignedInt(jpeg[at + 1]) != marker) {
            at += 2 + Short.toUnsignedInt(in.getShort(at + 2));
        }
        return at + 4;
    }

    /**
     * Gray without loss (process 14, each sample predicted by its left neighbour, the first of a row by the one above).
     * Categories 0 to 8 of a difference all have codes of 4 bits, the category itself.
     */
    static byte[] lossless(int width, int height, byte[] samples) {
        ByteBuffer out = ByteBuffer.allocate(100 + 4 * samples.length);
        out.putShort((short) 0xffd8);
        out.putShort((short) 0xffc3).putShort((short) 11).put((byte) 8);
        out.putShort((short) height).putShort((short) width).put(new byte[] {1, 1, 0x11, 0});
        out.putShort((short) 0xffc4).putShort((short) 28).put(new byte[] {0, 0, 0, 0, 9});
        out.put(new byte[12]).put(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
        out.putShort((short) 0xffda).putShort((short) 8).put(new byte[] {1, 1, 0, 1, 0, 0});
        StringBuilder bits = new StringBuilder();
        for (int i = 0; i < samples.length; i++) {
            int neighbour = i % width > 0 ? i - 1 : i - width;
            int predicted = i == 0 ? 128 : Byte.toUnsignedInt(samples[neighbour]);
            bits.append(difference(Byte.toUnsignedInt(samples[i]) - predicted));
        }
        bits.append("1".repeat((Byte.SIZE - bits.length() % Byte.SIZE) % Byte.SIZE));
        for (int i = 0; i < bits.length(); i += Byte.SIZE) {
            int value = Integer.parseInt(bits.substring(i, i + Byte.SIZE), 2);
            out.put((byte) value);
            if (value == 0xff) {
                out.put((byte) 0);
            }
        }
        out.putShort((short) 0xffd9);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static String difference(int value) {
        int category = Integer.SIZE - Integer.numberOfLeadingZeros(Math.abs(value));
        int rest = value < 0 ? value + (1 << category) - 1 : value;
        String code = binary(category, 4);
        return category == 0 ? code : code + binary(rest, category);
    }

    private static String binary(int value, int digits) {
        return Integer.toBinaryString(value | (1 << digits)).substring(1);
    }
}
