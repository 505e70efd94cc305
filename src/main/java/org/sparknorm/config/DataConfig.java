package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code data}: the examples, their size, and how their values are read, changed and ordered. */
public record DataConfig(
        Format format,
        Setting<String> train,
        @DoesNotAffectResult Setting<String> validation,
        AutoInteger size,
        boolean binarize,
        ChannelValues mean,
        ChannelValues deviation,
        Shuffle shuffle,
        int reshuffleEvery,
        LastBatch lastBatch,
        @OrNone AugmentConfig augment,
        BadImages badImages,
        long largestImage,
        String imageColumn,
        String labelColumn,
        int examples,
        @DoesNotAffectResult int validationExamples,
        long seed)
        implements Serializable {

    /** {@code data.format}. */
    public enum Format {
        DIGITS,
        IDX,
        CIFAR10,
        IMAGE_FOLDER,
        PARQUET,
        TEXT
    }

    /** {@code data.shuffle}: a new order in every epoch, one order for all epochs, or the order of the input. */
    public enum Shuffle {
        TRUE,
        ONCE,
        FALSE
    }

    /** {@code data.bad-images}: the run ends at a bad image, or leaves all such images out from the start. */
    public enum BadImages {
        FAIL,
        SKIP
    }

    /** {@code data.last-batch}: whether the examples that do not fill a batch at the end of an epoch are used. */
    public enum LastBatch {
        KEEP,
        DROP
    }
}
