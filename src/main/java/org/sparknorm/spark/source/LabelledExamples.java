package org.sparknorm.spark.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/**
 * A source of examples that are in Spark already. Their order is that of the partitions, and of the rows in each
 * partition; where it differs from one computation of the RDD to the next, so do the bits of a run.
 *
 * @param firsts index of the first example of each partition
 */
public record LabelledExamples(String name, Description description, JavaRDD<Example> rows, List<Integer> firsts)
        implements DataSource {
    /**
     * An example with its label.
     *
     * @param bytes content, which {@link ExampleForm} describes
     */
    public record Example(int label, byte[] bytes) implements Serializable {}

    private record Part(int count, int largestLabel) implements Serializable {}

    /**
     * Counts the examples, which computes them once.
     *
     * @param shape shape that the network sees
     * @throws RefusedException if there are none, or a label is negative
     */
    public static LabelledExamples of(String name, JavaRDD<Example> rows, Shape shape, ExampleForm form) {
        List<Part> parts = rows.mapPartitions(LabelledExamples::count).collect();
        List<Integer> firsts = new ArrayList<>();
        int count = 0;
        int largest = -1;
        for (Part part : parts) {
            firsts.add(count);
            count = Math.addExact(count, part.count());
            largest = Math.max(largest, part.largestLabel());
        }
        if (count == 0) {
            throw new RefusedException(name + " has no rows", "give it some");
        }
        Description description = new Description(count, shape, form, largest + 1, List.of());
        return new LabelledExamples(name, description, rows, firsts);
    }

    private static Iterator<Part> count(Iterator<Example> examples) {
        int count = 0;
        int largest = -1;
        while (examples.hasNext()) {
            int label = examples.next().label();
            if (label < 0) {
                throw new RefusedException("a row has label " + label, "labels are whole numbers from 0 on");
            }
            largest = Math.max(largest, label);
            count++;
        }
        return List.of(new Part(count, largest)).iterator();
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        List<Integer> starts = firsts;
        return JavaPairRDD.fromJavaRDD(
                rows.mapPartitionsWithIndex((partition, examples) -> numbered(starts.get(partition), examples), false));
    }

    private static Iterator<Tuple2<Long, byte[]>> numbered(int first, Iterator<Example> examples) {
        AtomicLong next = new AtomicLong(first);
        return LazyIterator.map(examples, example -> {
            long index = next.getAndIncrement();
            return new Tuple2<>(index, EncodedExample.of(example.label(), "row " + index, example.bytes()));
        });
    }
}
