package org.sparknorm.spark;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.tensor.Shape;

/** Where examples come from: how many there are, and an RDD of them in the order of the input. */
public interface DataSource {
    /**
     * What is known before any image is read.
     *
     * @param count number of examples
     * @param shape of one example
     * @param classes number of classes that the labels need
     */
    record Description(int count, Shape shape, int classes) implements Serializable {}

    Description description();

    /** Index of each example, 0..count-1, and the example as {@link EncodedExample} writes it. */
    JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark);

    /** A path or name for messages. */
    String name();

    /**
     * The source of a split, or null where the configuration has no validation examples.
     *
     * @throws RefusedException if a file is missing or is not what it should be
     */
    static DataSource of(DataConfig config, Split split, Configuration hadoop) {
        return switch (config.format()) {
            case DIGITS -> {
                int count = split == Split.TRAIN ? config.examples() : config.validationExamples();
                yield count == 0 ? null : new DigitsSource(config.seed(), split, count);
            }
            case IDX -> {
                String path = (split == Split.TRAIN ? config.train() : config.validation()).value();
                yield path == null ? null : IdxSource.open(path, split, hadoop);
            }
            case CIFAR10 -> {
                String path = (split == Split.TRAIN ? config.train() : config.validation()).value();
                yield path == null ? null : Cifar10Source.open(path, split, hadoop);
            }
        };
    }
}
