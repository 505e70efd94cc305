package org.sparknorm.spark.source;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
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
        /** Describes images of one shape, as bytes. */
        Description(int count, Shape shape, int classes) {
            this(count, shape, ExampleForm.RAW_BYTES, classes, List.of());
        }

        /** The same of another number of examples. */
        Description withCount(int other) {
            return new Description(other, shape, form, classes, classNames);
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
}
