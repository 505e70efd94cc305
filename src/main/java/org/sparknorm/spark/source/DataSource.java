package org.sparknorm.spark.source;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Cifar10;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.GeneratedDigits;
import org.sparknorm.data.Split;
import org.sparknorm.data.image.Picture;
import org.sparknorm.tensor.Shape;

/** Where examples come from: how many there are, and an RDD of them in the order of the input. */
public interface DataSource {
    /**
     * What is known before any image is read.
     *
     * @param count number of examples
     * @param shape of one example
     * @param classes number of classes that the labels need
     * @param classNames in the order of the class numbers; empty where they are not known
     */
    record Description(int count, Shape shape, ExampleForm form, int classes, List<String> classNames)
            implements Serializable {
        /** Of pixels of one shape. */
        Description(int count, Shape shape, int classes) {
            this(count, shape, ExampleForm.PIXELS, classes, List.of());
        }

        /** Whether examples are image files, to be decoded and cut to that shape. */
        public boolean encoded() {
            return form == ExampleForm.FILE;
        }
    }

    Description description();

    /** Index of each example, 0..count-1, and the example as {@link EncodedExample} writes it. */
    JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark);

    /**
     * The same with labels numbered as those of the training data, where a source numbers its labels by itself.
     *
     * @param classNames of the training data; empty if they have numbers
     * @throws RefusedException if it has labels that those do not
     */
    default DataSource withClasses(List<String> classNames) {
        return this;
    }

    /** A path or name for messages. */
    String name();

    /**
     * The source of a split, or null where the configuration has no validation examples.
     *
     * @throws RefusedException if a file is missing or is not what it should be
     */
    static DataSource of(DataConfig config, Split split, Configuration hadoop) {
        if (config.format() == DataConfig.Format.DIGITS) {
            int count = split == Split.TRAIN ? config.examples() : config.validationExamples();
            return count == 0 ? null : new DigitsSource(config.seed(), split, count);
        }
        String path = (split == Split.TRAIN ? config.train() : config.validation()).value();
        if (path == null) {
            return null;
        }
        return switch (config.format()) {
            case IMAGE_FOLDER -> ImageFolderSource.open(path, split, config, hadoop);
            case PARQUET -> ParquetSource.open(path, split, config, hadoop);
            case TEXT -> TextSource.open(path, split, config, hadoop);
            default -> open(config.format(), path, split, hadoop);
        };
    }

    /** The shape of one example, where the configuration alone tells it; null where the data have to be asked. */
    static Shape knownShape(DataConfig config) {
        return switch (config.format()) {
            case DIGITS -> Shape.of(GeneratedDigits.SIDE, GeneratedDigits.SIDE, 1);
            case CIFAR10 -> Shape.of(Cifar10.SIDE, Cifar10.SIDE, Cifar10.CHANNELS);
            case IDX ->
                config.size().isAuto()
                        ? null
                        : Shape.of(config.size().value(), config.size().value(), 1);
            case IMAGE_FOLDER, PARQUET ->
                Shape.of(ImageFolderSource.side(config), ImageFolderSource.side(config), Picture.CHANNELS);
            case TEXT -> Shape.of(TextSource.length(config));
        };
    }

    /** The files of one split in a format that has its own names for them. */
    static DataSource open(DataConfig.Format format, String path, Split split, Configuration hadoop) {
        return format == DataConfig.Format.IDX
                ? IdxSource.open(path, split, hadoop)
                : Cifar10Source.open(path, split, hadoop);
    }
}
