package org.sparknorm.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** PNGs chunk by chunk. */
final class PngFiles {
    static final int GRAY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GRAY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    private static final int SIGNATURE_BYTES = 8;

    private PngFiles() {}

    static byte[] file(byte[]... chunks) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(HexFormat.of().parseHex("89504e470d0a1a0a"));
        for (byte[] chunk : chunks) {
            file.writeBytes(chunk);
        }
        return file.toByteArray();
    }

    static byte[] chunk(String type, int... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) values[i];
        }
        return chunk(type, data);
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(data.length + 12).putInt(data.length);
        chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data).putInt(checksum(chunk.array(), 0));
        return chunk.array();
    }

    private static int checksum(byte[] file, int chunk) {
        CRC32 checksum = new CRC32();
        checksum.update(file, chunk + 4, 4 + ByteBuffer.wrap(file).getInt(chunk));
        return (int) checksum.getValue();
    }

    static byte[] header(int width, int height, int bits, int colorType) {
        ByteBuffer data = ByteBuffer.allocate(13).putInt(width).putInt(height);
        data.put((byte) bits).put((byte) colorType);
        return chunk("IHDR", data.array());
    }

    /** The bytes of the rows, each with its filter in front. */
    static byte[] data(int... rows) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed)) {
            for (int value : rows) {
                out.write(value);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return chunk("IDAT", packed.toByteArray());
    }

    static byte[] end() {
        return chunk("IEND");
    }

    static byte[] ofPicture(Picture picture, boolean isInterlaced) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(isInterlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture.image(), null, null), param);
            writer.dispose();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** With the checksums of its chunks made right, as far as it has chunks. */
    static byte[] withChecksums(byte[] file) {
        ByteBuffer copy = ByteBuffer.wrap(file.clone());
        int at = SIGNATURE_BYTES;
        while (at + 12 <= file.length && file[at] == 0 && copy.getInt(at) <= file.length - at - 12) {
            int length = copy.getInt(at);
            copy.putInt(at + 8 + length, checksum(file, at));
            at += 12 + length;
        }
        return copy.array();
    }
}
