package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code data}: which examples, how their values are read, and their order. */
public record DataConfig(
        Format format,
        Setting<String> train,
        Setting<String> validation,
        boolean binarize,
        ChannelValues mean,
        ChannelValues deviation,
        Shuffle shuffle,
        LastBatch lastBatch,
        int examples,
        int validationExamples,
        long seed)
        implements Serializable {

    /** {@code data.format}. */
    public enum Format {
        DIGITS,
        IDX,
        CIFAR10
    }

    /** {@code data.shuffle}: anew every epoch, one order for all epochs, or the order of the input. */
    public enum Shuffle {
        TRUE,
        ONCE,
        FALSE
    }

    /** {@code data.last-batch}. */
    public enum LastBatch {
        KEEP,
        DROP
    }
}
