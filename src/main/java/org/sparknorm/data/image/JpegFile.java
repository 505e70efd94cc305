package org.sparknorm.data.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * A JPEG. The JDK's libjpeg decodes gray, YCbCr and RGB directly into the picture; CMYK, YCCK and lossless JPEGs are
 * decoded as stored and converted to RGB here.
 */
final class JpegFile implements ImageFile {
    private final JpegHeader header;

    JpegFile(byte[] bytes) throws BadImageException {
        this.header = new JpegHeader(bytes);
    }

    @Override
    public Picture.Size size() {
        return header.orientation().upright(header.size());
    }

    @Override
    public Picture decode() throws IOException, BadImageException {
        byte[] file = header.withoutMetadata();
        boolean isOdd = header.isLossless()
                || header.colors() == JpegHeader.Colors.CMYK
                || header.colors() == JpegHeader.Colors.YCCK;
        ImageReader reader = isOdd ? ImageIoPlugins.oddJpeg() : ImageIoPlugins.jpeg();
        DataLoss loss = new DataLoss();
        try {
            reader.setInput(new ByteArrayImageInputStream(file), true, true);
            reader.addIIOReadWarningListener(loss);
            Picture stored = isOdd ? odd(reader) : ordinary(reader);
            loss.check();
            return header.orientation().upright(stored);
        } finally {
            reader.dispose();
        }
    }

    private Picture ordinary(ImageReader reader) throws IOException {
        Picture picture = Picture.black(header.size());
        ImageReadParam into = reader.getDefaultReadParam();
        into.setDestination(picture.image());
        reader.read(0, into);
        return picture;
    }

    private Picture odd(ImageReader reader) throws IOException, BadImageException {
        // Its read() would convert CMYK by a profile of the machine it runs on.
        Raster raster = reader.readRaster(0, null);
        if (raster.getWidth() != header.size().width()
                || raster.getHeight() != header.size().height()) {
            throw new BadImageException("JPEG has two sizes");
        }
        if (raster.getNumBands() < 4) {
            return RasterToRgb.toPicture(raster);
        }
        return CmykConversion.toPicture(raster, header.colors() == JpegHeader.Colors.YCCK);
    }

    /** Keeps the first warning that samples are missing or wrong; libjpeg fills them with gray and goes on. */
    private static final class DataLoss implements IIOReadWarningListener {
        private String warning;

        @Override
        public void warningOccurred(ImageReader source, String text) {
            boolean isLoss = (text.startsWith("Corrupt JPEG data") && !text.contains("extraneous bytes"))
                    || text.startsWith("Premature end")
                    || text.startsWith("Truncated");
            if (isLoss && warning == null) {
                warning = text;
            }
        }

        void check() throws BadImageException {
            if (warning != null) {
                throw new BadImageException("JPEG is damaged: " + warning);
            }
        }
    }
}
