package org.sparknorm.data.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageReaderWriterSpi;
import javax.imageio.spi.ImageWriterSpi;
import javax.imageio.spi.ServiceRegistry;

/**
 * Creates readers and writers of images, which their users dispose of. The plugins are chosen by their class: other
 * plugins on the class path, and their order, must not change the value of a pixel.
 */
final class ImageIoPlugins {
    private static final ImageReaderSpi JPEG = ofJdk(ImageReaderSpi.class, "jpeg.JPEGImageReaderSpi");
    private static final ImageReaderSpi PNG = ofJdk(ImageReaderSpi.class, "png.PNGImageReaderSpi");
    private static final ImageReaderSpi BMP = ofJdk(ImageReaderSpi.class, "bmp.BMPImageReaderSpi");
    private static final ImageWriterSpi JPEG_WRITER = ofJdk(ImageWriterSpi.class, "jpeg.JPEGImageWriterSpi");
    private static final ImageWriterSpi BMP_WRITER = ofJdk(ImageWriterSpi.class, "bmp.BMPImageWriterSpi");
    private static final ImageReaderSpi ODD_JPEG = ofTwelveMonkeys();

    private ImageIoPlugins() {}

    static ImageReader jpeg() throws IOException {
        return JPEG.createReaderInstance();
    }

    /** Creates a slower reader, for files that the one of the JDK refuses. */
    static ImageReader oddJpeg() throws IOException {
        return ODD_JPEG.createReaderInstance();
    }

    static ImageReader png() throws IOException {
        return PNG.createReaderInstance();
    }

    static ImageReader bmp() throws IOException {
        return BMP.createReaderInstance();
    }

    static ImageWriter jpegWriter() throws IOException {
        return JPEG_WRITER.createWriterInstance();
    }

    static ImageWriter bmpWriter() throws IOException {
        return BMP_WRITER.createWriterInstance();
    }

    private static <T extends ImageReaderWriterSpi> T ofJdk(Class<T> kind, String name) {
        Iterator<T> providers = IIORegistry.getDefaultInstance().getServiceProviders(kind, false);
        while (providers.hasNext()) {
            T provider = providers.next();
            if (provider.getClass().getName().equals("com.sun.imageio.plugins." + name)) {
                return provider;
            }
        }
        throw new IllegalStateException("This Java runtime has no " + name);
    }

    /**
     * Uses a registry of its own: the job's jar has no list of services, and the registry of the JVM must not be
     * changed.
     */
    private static ImageReaderSpi ofTwelveMonkeys() {
        ServiceRegistry registry =
                new ServiceRegistry(List.<Class<?>>of(ImageReaderSpi.class).iterator());
        registry.registerServiceProvider(JPEG, ImageReaderSpi.class);
        ImageReaderSpi provider = new JPEGImageReaderSpi();
        registry.registerServiceProvider(provider, ImageReaderSpi.class);
        return provider;
    }
}
