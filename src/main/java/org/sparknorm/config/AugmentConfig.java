package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code data.augment}: what changes the training images anew in every epoch; by default nothing does. */
public record AugmentConfig(Crop crop, Range cropArea, Range cropAspect, int padding, boolean flip, double distortion)
        implements Serializable {

    /** {@code data.augment.crop}: nothing, a random part resized, or a random part of the image with zeros around it. */
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
