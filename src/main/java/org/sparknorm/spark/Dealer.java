package org.sparknorm.spark;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.DealOrder;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleFile;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.spark.source.LazyIterator;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.ReplicaSettings;
import scala.Tuple2;

/**
 * Deals examples: moves each through Spark's shuffle to the partition of its slice, where a {@link PartitionReplicas}
 * keeps it. The driver never holds an example.
 */
final class Dealer {
    private Dealer() {}

    /** How examples are dealt, and for which network. */
    record Deal(
            NetworkSpec network, ReplicaSettings settings, DealOrder order, SliceAssignment assignment, String blasName)
            implements Serializable {}

    /**
     * Deals the examples and caches them. One barrier stage fills all partitions, so that they lie on as many executors
     * as there are.
     */
    static JavaRDD<PartitionReplicas> deal(JavaSparkContext spark, DataSource source, Deal deal) {
        BatchPlan plan = deal.settings().plan();
        JavaRDD<PartitionReplicas> replicas = source.examples(spark)
                .mapPartitionsToPair(examples ->
                        toPlaces(examples, deal.order().places(), deal.network().classes()))
                .partitionBy(new SlicePartitioner(plan, deal.assignment()))
                .mapPartitionsWithIndex((partition, examples) -> replicas(partition, examples, deal), false)
                .persist(StorageLevel.MEMORY_ONLY());
        spark.setJobDescription("deal " + source.name());
        BarrierStage.map(replicas, partition -> true).count();
        return replicas;
    }

    /** Replaces the index of each example by its place in the order, and writes the index into the example. */
    static Iterator<Tuple2<Long, byte[]>> toPlaces(
            Iterator<Tuple2<Long, byte[]>> examples, LongUnaryOperator places, int classes) {
        return LazyIterator.map(examples, example -> {
            checkLabel(example, classes);
            EncodedExample.setIndex(example._2(), example._1());
            return new Tuple2<>(places.applyAsLong(example._1()), example._2());
        });
    }

    /** Checks labels before the shuffle: Spark keeps only the text of a failure in the barrier stage after it. */
    private static void checkLabel(Tuple2<Long, byte[]> example, int classes) {
        int label = EncodedExample.label(example._2());
        if (label >= classes) {
            String name = EncodedExample.name(example._2());
            throw new RefusedException(
                    (name.isEmpty() ? "example " + example._1() : name) + " has label " + label
                            + ", but the model knows " + classes + " classes, from 0 on",
                    "raise model.classes, or correct the label");
        }
    }

    private static Iterator<PartitionReplicas> replicas(
            int partition, Iterator<Tuple2<Long, byte[]>> examples, Deal deal) throws IOException {
        int first = deal.assignment().first(partition);
        List<DealtExamples> slices =
                slices(examples, deal, first, deal.assignment().count(partition));
        return List.of(new PartitionReplicas(deal.network(), deal.settings(), deal.blasName(), first, slices))
                .iterator();
    }

    /** Brings the examples of all slices into the driver's process, for computing there. */
    static List<DealtExamples> atDriver(JavaSparkContext spark, DataSource source, Deal deal) throws IOException {
        spark.setJobDescription("fetch " + source.name());
        Iterator<Tuple2<Long, byte[]>> examples = source.examples(spark)
                .mapPartitionsToPair(some ->
                        toPlaces(some, deal.order().places(), deal.network().classes()))
                .toLocalIterator();
        return slices(examples, deal, 0, deal.assignment().slices());
    }

    private static List<DealtExamples> slices(Iterator<Tuple2<Long, byte[]>> examples, Deal deal, int first, int count)
            throws IOException {
        BatchPlan plan = deal.settings().plan();
        List<DealtExamples> slices = new ArrayList<>();
        for (int slice = first; slice < first + count; slice++) {
            ExampleReader reader = deal.network().exampleReader(deal.settings().seed());
            slices.add(new DealtExamples(plan.sliceExamples(slice), reader));
        }
        File local = SparkEnv.get()
                .blockManager()
                .diskBlockManager()
                .createTempLocalBlock()
                ._2();
        try (ExampleFile.Writer writer = new ExampleFile.Writer(local)) {
            while (examples.hasNext()) {
                Tuple2<Long, byte[]> example = examples.next();
                long place = example._1();
                long address = writer.append(example._2());
                slices.get(plan.slice(place) - first).put(plan.position(place), example._2(), address);
            }
            ExampleFile file = writer.finish();
            slices.forEach(slice -> slice.complete(file));
        }
        return slices;
    }

    /** Maps the place of an example in the order to the partition of its slice. */
    static final class SlicePartitioner extends Partitioner {
        private final BatchPlan plan;
        private final int partitions;
        private final int[] partitionOfSlice;

        SlicePartitioner(BatchPlan plan, SliceAssignment assignment) {
            this.plan = plan;
            this.partitions = assignment.partitions();
            this.partitionOfSlice = new int[assignment.slices()];
            for (int slice = 0; slice < assignment.slices(); slice++) {
                partitionOfSlice[slice] = assignment.partitionOf(slice);
            }
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object place) {
            return partitionOfSlice[plan.slice((Long) place)];
        }
    }
}
