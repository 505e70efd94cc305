package org.sparknorm.spark.source;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.tensor.Shape;

/** A source of examples: it knows how many there are, and gives an RDD of them in the order of the input. */
public interface DataSource {
    /**
     * What a source knows before it reads any image.
     *
     * @param count number of examples
     * @param shape shape of one example
     * @param classes number of classes that the labels need
     * @param classNames names in the order of the class numbers; empty where they are not known
     */
    record Description(int count, Shape shape, ExampleForm form, int classes, List<String> classNames)
            implements Serializable {
        /** Describes images of one shape, as bytes. */
        Description(int count, Shape shape, int classes) {
            this(count, shape, ExampleForm.RAW_BYTES, classes, List.of());
        }

        /** The same of another number of examples. */
        Description withCount(int other) {
            return new Description(other, shape, form, classes, classNames);
        }

        /** Whether examples are image files, which are decoded and cut to that shape. */
        boolean encoded() {
            return form == ExampleForm.FILE;
        }
    }

    Description description();

    /** Gives the index of each example, 0..count-1, and the example as {@link EncodedExample} writes it. */
    JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark);

    /**
     * Numbers the labels as the training data do; a source whose labels are numbers already stays as it is.
     *
     * @param classNames names of the classes of the training data; empty if these have numbers
     * @throws RefusedException if this source has labels that the training data do not have
     */
    default DataSource withClasses(List<String> classNames) {
        return this;
    }

    /** Returns a line {@code PATH: CAUSE} for each file that was left out as a bad image before any was read. */
    default List<String> leftOut() {
        return List.of();
    }

    /** A path or a name for messages. */
    String name();
}
