package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.RDDBlockId;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.DealOrder;
import org.sparknorm.data.Split;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.tensor.Blas;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.ReplicaSettings;
import scala.jdk.javaapi.CollectionConverters;

/** The examples of a run on its executors: dealt when they are first needed, and anew where partitions or order have changed. */
final class DealtData {
    private final JavaSparkContext spark;
    private final RunConfig config;
    private final Map<Split, Content> contents = new EnumMap<>(Split.class);
    private final Map<Split, Deal> deals = new EnumMap<>(Split.class);
    private int partitions;
    private long gradientBytes;

    /** What a deal is made of. */
    record Content(DataSource source, NetworkSpec run, ReplicaSettings setup, String blasName) {}

    private record Deal(JavaRDD<PartitionReplicas> hosts, int partitions, long generation) {}

    DealtData(JavaSparkContext spark, RunConfig config, int partitions) {
        this.spark = spark;
        this.config = config;
        this.partitions = partitions;
    }

    void put(Split split, Content content) {
        contents.put(split, content);
        gradientBytes = (long) content.run().network(Blas.none()).weightCount() * Float.BYTES;
    }

    int partitions() {
        return partitions;
    }

    /** From now on over that many partitions. */
    void resize(int newPartitions) {
        partitions = newPartitions;
    }

    /** Of one gradient. */
    long gradientBytes() {
        return gradientBytes;
    }

    BatchPlan plan() {
        return contents.get(Split.TRAIN).setup().plan();
    }

    String blasName() {
        return contents.values().iterator().next().blasName();
    }

    /** The training examples as a step wants them: {@code data.reshuffle-every} deals them anew. */
    JavaRDD<PartitionReplicas> training(long step) {
        int every = config.data().reshuffleEvery();
        return hosts(Split.TRAIN, every == 0 ? 0 : plan().epoch(step) / every);
    }

    /** A split in whatever order it was dealt. */
    JavaRDD<PartitionReplicas> inAnyOrder(Split split) {
        Deal deal = deals.get(split);
        return hosts(split, deal == null ? 0 : deal.generation());
    }

    private JavaRDD<PartitionReplicas> hosts(Split split, long generation) {
        Deal deal = deals.get(split);
        if (deal == null || deal.partitions() != partitions || deal.generation() != generation) {
            drop(split);
            deal = new Deal(deal(split, generation), partitions, generation);
            deals.put(split, deal);
        }
        return deal.hosts();
    }

    private JavaRDD<PartitionReplicas> deal(Split split, long generation) {
        Content content = contents.get(split);
        BatchPlan plan = content.setup().plan();
        boolean shuffled = split == Split.TRAIN && config.data().shuffle() != DataConfig.Shuffle.FALSE;
        DealOrder order = new DealOrder(plan.examples(), content.setup().seed(), shuffled, generation);
        SliceAssignment runs = runs(partitions);
        return Dealer.deal(
                spark,
                content.source(),
                new Dealer.Deal(content.run(), content.setup(), order, runs, content.blasName()));
    }

    /** Which slices a partition hosts, and how their gradients reach the driver. */
    SliceAssignment runs() {
        return runs(partitions);
    }

    private SliceAssignment runs(int some) {
        return SliceAssignment.of(config.slices(), some, gradientBytes);
    }

    private void drop(Split split) {
        Deal before = deals.remove(split);
        if (before != null) {
            before.hosts().unpersist(true);
            freeMappings();
        }
    }

    /** The space of dropped examples is given back with their mappings, which only a collection of garbage ends. */
    private void freeMappings() {
        List<Integer> tasks = new ArrayList<>();
        for (int task = 0; task < partitions; task++) {
            tasks.add(task);
        }
        spark.parallelize(tasks, partitions).foreach(task -> System.gc());
        System.gc();
    }

    /** The executors that host some of the slices for training. */
    Set<String> executorsOf(Collection<Integer> slices) {
        Set<String> executors = new TreeSet<>();
        Deal deal = deals.get(Split.TRAIN);
        if (deal == null) {
            return executors;
        }
        SliceAssignment runs = runs(deal.partitions());
        for (int slice : slices) {
            RDDBlockId block = new RDDBlockId(deal.hosts().id(), runs.partitionOf(slice));
            for (BlockManagerId place : CollectionConverters.asJava(
                    SparkEnv.get().blockManager().master().getLocations(block))) {
                executors.add(place.executorId());
            }
        }
        return executors;
    }

    void close() {
        deals.values().forEach(deal -> deal.hosts().unpersist());
    }
}
