package org.sparknorm.spark;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.DealOrder;
import org.sparknorm.train.TrainingSetup;
import scala.Tuple2;

/**
 * The deal: moves every example through Spark's shuffle to the partition that hosts its slice, where it is kept in a {@link
 * Host}. The driver never holds an example.
 */
final class Dealer {
    private Dealer() {}

    /** What is dealt, and how. */
    record Deal(RunSetup run, TrainingSetup setup, DealOrder order, SliceRuns runs, String blasName)
            implements Serializable {}

    /**
     * Deals and caches. All partitions are filled by one barrier stage, so that they lie on as many executors as there
     * are.
     */
    static JavaRDD<Host> deal(JavaSparkContext spark, DataSource source, Deal deal) {
        BatchPlan plan = deal.setup().plan();
        JavaRDD<Host> hosts = source.examples(spark)
                .mapPartitionsToPair(examples -> toPlaces(examples, deal.order().places()))
                .partitionBy(new SlicePartitioner(plan, deal.runs()))
                .mapPartitionsWithIndex((partition, examples) -> host(partition, examples, deal), false)
                .persist(StorageLevel.MEMORY_ONLY());
        spark.setJobDescription("deal " + source.name());
        BarrierStage.map(hosts, host -> true).count();
        return hosts;
    }

    private static Iterator<Tuple2<Long, byte[]>> toPlaces(
            Iterator<Tuple2<Long, byte[]>> examples, LongUnaryOperator places) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return examples.hasNext();
            }

            @Override
            public Tuple2<Long, byte[]> next() {
                Tuple2<Long, byte[]> example = examples.next();
                return new Tuple2<>(places.applyAsLong(example._1()), example._2());
            }
        };
    }

    private static Iterator<Host> host(int partition, Iterator<Tuple2<Long, byte[]>> examples, Deal deal)
            throws IOException {
        BatchPlan plan = deal.setup().plan();
        int first = deal.runs().first(partition);
        List<DealtExamples> slices = allocate(deal, first, deal.runs().count(partition));
        while (examples.hasNext()) {
            Tuple2<Long, byte[]> example = examples.next();
            long place = example._1();
            slices.get(plan.slice(place) - first).put(plan.position(place), example._2());
        }
        slices.forEach(DealtExamples::checkComplete);
        return List.of(new Host(deal.run(), deal.setup(), deal.blasName(), first, slices))
                .iterator();
    }

    private static List<DealtExamples> allocate(Deal deal, int first, int count) throws IOException {
        BatchPlan plan = deal.setup().plan();
        int imageBytes = deal.run().input().size();
        File file = SparkEnv.get()
                .blockManager()
                .diskBlockManager()
                .createTempLocalBlock()
                ._2();
        List<DealtExamples> slices = new ArrayList<>();
        try (RandomAccessFile access = new RandomAccessFile(file, "rw")) {
            long offset = 0;
            for (int slice = first; slice < first + count; slice++) {
                int examples = plan.sliceExamples(slice);
                int bytes = Math.multiplyExact(examples, imageBytes);
                MappedByteBuffer images = access.getChannel().map(FileChannel.MapMode.READ_WRITE, offset, bytes);
                slices.add(new DealtExamples(examples, imageBytes, deal.run().pixelReader(), images));
                offset += bytes;
            }
        } finally {
            // The mapping lives on without the name; the space is given back with the mapping, however the process
            // ends.
            if (!file.delete()) {
                file.deleteOnExit();
            }
        }
        return slices;
    }

    /** Place of an example to the partition that hosts its slice. */
    private static final class SlicePartitioner extends Partitioner {
        private final BatchPlan plan;
        private final int partitions;
        private final int[] partitionOfSlice;

        SlicePartitioner(BatchPlan plan, SliceRuns runs) {
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
