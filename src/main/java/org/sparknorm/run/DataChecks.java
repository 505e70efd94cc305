package org.sparknorm.run;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ConfigWords;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.image.Picture;
import org.sparknorm.spark.source.DataSource;

/**
 * Checks the examples of a run against its configuration, and the validation examples against the training examples.
 */
final class DataChecks {
    private DataChecks() {}

    /**
     * @param validation null without validation examples
     * @param classes number of classes of the model; 0 if neither the configuration nor the data give it
     * @throws RefusedException if the examples do not fit each other or the model
     */
    static void checkSplits(DataSource training, DataSource validation, int classes) {
        checkLabels(training, classes);
        if (validation != null) {
            DataSource.Description data = training.description();
            checkClassNames(data.classNames(), validation);
            checkLabels(validation, classes);
            if (!validation.description().shape().equals(data.shape())) {
                throw new RefusedException(
                        "data.train has examples of shape " + data.shape() + ", data.validation of "
                                + validation.description().shape(),
                        "give both in one shape");
            }
        }
        if (classes < 2) {
            throw new RefusedException(
                    training.name() + " has only one class: there is nothing to tell apart", "add others");
        }
    }

    /** @throws RefusedException if data.size, data.augment or another key does not suit such examples */
    static void checkInput(DataConfig config, DataSource.Description data) {
        if (data.shape().rank() == 1) {
            checkText(config);
            return;
        }
        int height = data.shape().dimension(0);
        int width = data.shape().dimension(1);
        String format = ConfigWords.word(config.format());
        if (!config.size().isAuto() && (config.size().or(0) != height || height != width)) {
            throw new RefusedException(
                    "data.size = " + config.size() + ", but images of format " + format + " are " + height + " x "
                            + width,
                    "leave it out");
        }
        boolean hasPictures = data.shape().last() == Picture.CHANNELS && height == width;
        if (!config.augment().isNone() && !hasPictures) {
            throw new RefusedException(
                    "data.augment is for square images in colour, and those of format " + format + " are of shape "
                            + data.shape(),
                    "set data.augment = none");
        }
    }

    private static void checkText(DataConfig config) {
        boolean hasImages = !config.augment().isNone()
                || config.binarize()
                || !config.mean().isNone()
                || !config.deviation().isNone();
        if (hasImages) {
            throw new RefusedException(
                    "data.augment, data.binarize, data.mean and data.deviation are for images, not for texts",
                    "leave them out");
        }
    }

    /**
     * @param known names of the classes in training; empty if they are not known
     * @throws RefusedException if the classes of a source have other names
     */
    static void checkClassNames(List<String> known, DataSource other) {
        List<String> found = other.description().classNames();
        if (!known.isEmpty() && !found.isEmpty() && !known.equals(found)) {
            List<String> missing = new ArrayList<>(known);
            missing.removeAll(found);
            List<String> unknown = new ArrayList<>(found);
            unknown.removeAll(known);
            throw new RefusedException(
                    other.name() + " has other classes than the training data: without " + missing + ", with "
                            + unknown,
                    "give it the same classes");
        }
    }

    /** @throws RefusedException if a source has labels that are not classes of the model */
    static void checkLabels(DataSource source, int classes) {
        if (classes == 0) {
            throw new RefusedException(source.name() + " does not say how many classes there are", "set model.classes");
        }
        int needed = source.description().classes();
        if (needed > classes) {
            throw new RefusedException(
                    source.name() + " has label " + (needed - 1) + ", model.classes = " + classes + " allows 0 to "
                            + (classes - 1),
                    "raise model.classes");
        }
    }
}
