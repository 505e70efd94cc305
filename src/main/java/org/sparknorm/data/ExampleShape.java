package org.sparknorm.data;

import org.sparknorm.config.ConfigWords;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.image.Picture;
import org.sparknorm.tensor.Shape;

/** Derives the shape of one example, as the network sees it, from the configuration alone. */
public final class ExampleShape {
    private ExampleShape() {}

    /** Returns the shape of an example, or null where only the data know it. */
    public static Shape known(DataConfig config) {
        return switch (config.format()) {
            case DIGITS -> GeneratedDigits.SHAPE;
            case CIFAR10 -> Cifar10.SHAPE;
            case IDX ->
                config.size().isAuto()
                        ? null
                        : Shape.of(config.size().value(), config.size().value(), 1);
            case IMAGE_FOLDER, PARQUET -> ofImages(config);
            case TEXT -> ofTexts(config);
        };
    }

    /**
     * Returns the shape {@code [H, W, 3]} of the images that are cut from image files.
     *
     * @throws RefusedException if the configuration gives no size
     */
    public static Shape ofImages(DataConfig config) {
        if (config.size().isAuto()) {
            throw new RefusedException(
                    "data.size is not set, and images of format " + ConfigWords.word(config.format())
                            + " have many sizes",
                    "set it, for example data.size=224");
        }
        int side = config.size().value();
        return Shape.of(side, side, Picture.CHANNELS);
    }

    /**
     * Returns the shape {@code [T]} of texts of T bytes.
     *
     * @throws RefusedException if the configuration gives no size
     */
    public static Shape ofTexts(DataConfig config) {
        if (config.size().isAuto()) {
            throw new RefusedException(
                    "data.size is not set",
                    "give the bytes of a text that the network sees, for example data.size=256");
        }
        return Shape.of(config.size().value());
    }
}
