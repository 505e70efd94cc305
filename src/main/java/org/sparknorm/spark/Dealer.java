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
 * The deal: moves every example through Spark's shuffle to the partition that hosts its slice, where it is kept in a {@link
 * PartitionReplicas}. The driver never holds an example.
 */
final class Dealer {
    private Dealer() {}

    /** What is dealt, and how. */
    record Deal(NetworkSpec run, ReplicaSettings setup, DealOrder order, SliceAssignment runs, String blasName)
            implements Serializable {}

    /**
     * Deals and caches. All partitions are filled by one barrier stage, so that they lie on as many executors as there
     * are.
     */
    static JavaRDD<PartitionReplicas> deal(JavaSparkContext spark, DataSource source, Deal deal) {
        BatchPlan plan = deal.setup().plan();
        JavaRDD<PartitionReplicas> hosts = source.examples(spark)
                .mapPartitionsToPair(examples ->
                        toPlaces(examples, deal.order().places(), deal.run().classes()))
                .partitionBy(new SlicePartitioner(plan, deal.runs()))
                .mapPartitionsWithIndex((partition, examples) -> host(partition, examples, deal), false)
                .persist(StorageLevel.MEMORY_ONLY());
        spark.setJobDescription("deal " + source.name());
        BarrierStage.map(hosts, host -> true).count();
        return hosts;
    }

    private static Iterator<Tuple2<Long, byte[]>> toPlaces(
            Iterator<Tuple2<Long, byte[]>> examples, LongUnaryOperator places, int classes) {
        return LazyIterator.map(examples, example -> {
            checkLabel(example, classes);
            EncodedExample.setIndex(example._2(), example._1());
            return new Tuple2<>(places.applyAsLong(example._1()), example._2());
        });
    }

    /** Here, not where they are dealt to: of a barrier stage's failure Spark keeps a text alone. */
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

    private static Iterator<PartitionReplicas> host(int partition, Iterator<Tuple2<Long, byte[]>> examples, Deal deal)
            throws IOException {
        int first = deal.runs().first(partition);
        List<DealtExamples> slices = slices(examples, deal, first, deal.runs().count(partition));
        return List.of(new PartitionReplicas(deal.run(), deal.setup(), deal.blasName(), first, slices))
                .iterator();
    }

    /** The examples of all slices in the driver's process, for those who compute there. */
    static List<DealtExamples> atDriver(JavaSparkContext spark, DataSource source, Deal deal) throws IOException {
        spark.setJobDescription("fetch " + source.name());
        Iterator<Tuple2<Long, byte[]>> examples = source.examples(spark)
                .mapPartitionsToPair(
                        some -> toPlaces(some, deal.order().places(), deal.run().classes()))
                .toLocalIterator();
        return slices(examples, deal, 0, deal.runs().slices());
    }

    private static List<DealtExamples> slices(Iterator<Tuple2<Long, byte[]>> examples, Deal deal, int first, int count)
            throws IOException {
        BatchPlan plan = deal.setup().plan();
        List<DealtExamples> slices = new ArrayList<>();
        for (int slice = first; slice < first + count; slice++) {
            ExampleReader reader = deal.run().exampleReader(deal.setup().seed());
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

    /** Place of an example to the partition that hosts its slice. */
    private static final class SlicePartitioner extends Partitioner {
        private final BatchPlan plan;
        private final int partitions;
        private final int[] partitionOfSlice;

        SlicePartitioner(BatchPlan plan, SliceAssignment runs) {
            this.plan = plan;
            this.partitions = runs.partitions();
            this.partitionOfSlice = new int[runs.slices()];
            for (int slice = 0; slice < runs.slices(); slice++) {
                partitionOfSlice[slice] = runs.partitionOf(slice);
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
