package org.sparknorm.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes pictures as image files, which {@link ImageDecoder} reads. */
public final class PictureWriter {
    private PictureWriter() {}

    /** Encodes a picture as a BMP, which keeps every pixel as it is. */
    public static byte[] bmp(Picture picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriter writer = ImageIoPlugins.bmpWriter();
            try {
                writer.setOutput(out);
                writer.write(picture.image());
            } finally {
                writer.dispose();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Encodes a picture as a baseline JPEG, with the colours at half the resolution.
     *
     * @param quality quality from 0 to 1, which is a hundredth of libjpeg's
     */
    public static byte[] jpeg(Picture picture, float quality) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriter writer = ImageIoPlugins.jpegWriter();
            try {
                ImageWriteParam param = writer.getDefaultWriteParam();
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionQuality(quality);
                writer.setOutput(out);
                writer.write(null, new IIOImage(picture.image(), null, null), param);
            } finally {
                writer.dispose();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
