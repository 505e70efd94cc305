package org.sparknorm.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sparknorm.data.image.Picture;
import org.sparknorm.data.image.PictureWriter;
import org.sparknorm.tensor.RandomSource;

/** Small class folders of JPEGs of many sizes: stripes along or across, of one of two colours. */
public final class SampleImages {
    public static final List<String> CLASSES = List.of("across", "along");

    private static final float QUALITY = 0.9f;
    private static final int SHORTEST = 20;
    private static final int STRIPE = 6;

    private SampleImages() {}

    /** @param count images of each class */
    public static Path write(Path folder, int count) throws IOException {
        for (int label = 0; label < CLASSES.size(); label++) {
            Path own = Files.createDirectories(folder.resolve(CLASSES.get(label)));
            for (int i = 0; i < count; i++) {
                Files.write(own.resolve("image-%03d.jpg".formatted(i)), PictureWriter.jpeg(picture(label, i), QUALITY));
            }
        }
        return folder;
    }

    private static Picture picture(int label, int number) {
        RandomSource random = RandomSource.of(7, "sample").at(label).at(number);
        int width = SHORTEST + (int) (random.uniform(0) * SHORTEST);
        int height = SHORTEST + (int) (random.uniform(1) * SHORTEST);
        int phase = (int) (random.uniform(2) * STRIPE);
        byte[] pixels = new byte[Picture.CHANNELS * width * height];
        for (int i = 0; i < width * height; i++) {
            int along = label == 0 ? i / width : i % width;
            boolean bright = (along + phase) / (STRIPE / 2) % 2 == 0;
            for (int channel = 0; channel < Picture.CHANNELS; channel++) {
                double noise = 40 * random.uniform(3 + 3L * i + channel);
                pixels[Picture.CHANNELS * i + channel] = (byte) (noise + (bright ? 180 : 20));
            }
        }
        return new Picture(width, height, pixels);
    }
}
