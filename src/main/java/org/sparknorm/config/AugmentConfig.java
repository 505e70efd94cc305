package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code data.augment}: changes of the training images, new in every epoch; there are none by default. */
public record AugmentConfig(Crop crop, Range cropArea, Range cropAspect, int padding, boolean flip, double distortion)
        implements Serializable {

    /** {@code data.augment.crop}: no crop, a resized random part, or a random part of the image padded with zeros. */
    public enum Crop {
        NONE,
        RESIZED,
        PADDED
    }

    /** Whether images stay as they are. */
    public boolean isNone() {
        return crop == Crop.NONE && !flip && distortion == 0;
    }
}
