package org.sparknorm.spark.source;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleShape;
import org.sparknorm.data.Split;
import org.sparknorm.data.TextLabels;

/** Opens the source of each format. */
public final class DataSources {
    private DataSources() {}

    /**
     * The source of a split, or null where the configuration has no validation examples.
     *
     * @throws RefusedException if a file is missing or is not what it should be
     */
    public static DataSource of(DataConfig config, Split split, Configuration hadoop) {
        if (config.format() == DataConfig.Format.DIGITS) {
            int count = split == Split.TRAIN ? config.examples() : config.validationExamples();
            return count == 0 ? null : new DigitsSource(config.seed(), split, count);
        }
        String path = (split == Split.TRAIN ? config.train() : config.validation()).value();
        if (path == null) {
            return null;
        }
        String key = "data." + split.word();
        return switch (config.format()) {
            case IMAGE_FOLDER ->
                ImageFolderSource.open(
                        key,
                        path,
                        ExampleShape.ofImages(config),
                        config.badImages() == DataConfig.BadImages.SKIP,
                        hadoop);
            case PARQUET -> ParquetSource.open(key, path, config, hadoop);
            case TEXT -> TextSource.open(key, path, config, hadoop);
            default -> ofOriginalFiles(key, path, config.format(), split, hadoop);
        };
    }

    /**
     * Examples for predictions, which need no labels: those they have count as far as they mean the classes of the
     * model.
     *
     * @param key of the command line, for messages
     * @param classNames of the model; empty where it does not know them
     * @throws RefusedException if a file is missing or is not what it should be
     */
    public static DataSource forPrediction(
            String key, String path, List<String> classNames, RunConfig config, Configuration hadoop) {
        DataConfig data = config.data();
        return switch (data.format()) {
            case IMAGE_FOLDER -> ImageFolderSource.ofAnyFiles(key, path, classNames, data, hadoop);
            case PARQUET -> ParquetSource.ofAnyRows(key, path, classNames, data, hadoop);
            case TEXT -> {
                TextLabels known = new TextLabels(
                        new ArrayList<>(classNames), config.model().classes().or(0));
                yield TextSource.ofAnyRows(key, path, known, data, hadoop);
            }
            case DIGITS ->
                throw new RefusedException(
                        "images of format digits are generated", "name another with data.format=...");
            default -> ofOriginalFiles(key, path, data.format(), Split.VALIDATION, hadoop);
        };
    }

    /** The files of MNIST or CIFAR-10, whose names depend on the split. */
    private static DataSource ofOriginalFiles(
            String key, String path, DataConfig.Format format, Split split, Configuration hadoop) {
        return format == DataConfig.Format.IDX
                ? IdxSource.open(key, path, split, hadoop)
                : Cifar10Source.open(key, path, split, hadoop);
    }
}
