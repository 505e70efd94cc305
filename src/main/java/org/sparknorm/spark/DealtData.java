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
import org.sparknorm.train.BatchPlan;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The examples of a run on its executors. They are dealt when they are first needed, and again when the number of
 * partitions or their order has changed.
 */
final class DealtData {
    private final JavaSparkContext spark;
    private final RunConfig config;
    private final Map<Split, SplitContent> contents = new EnumMap<>(Split.class);
    private final Map<Split, Deal> deals = new EnumMap<>(Split.class);
    private int partitions;
    private long gradientBytes;

    private record Deal(JavaRDD<PartitionReplicas> replicas, int partitions, long generation) {}

    DealtData(JavaSparkContext spark, RunConfig config, int partitions) {
        this.spark = spark;
        this.config = config;
        this.partitions = partitions;
    }

    void put(Split split, SplitContent content) {
        contents.put(split, content);
        gradientBytes = content.weightBytes();
    }

    int partitions() {
        return partitions;
    }

    /** Has the examples dealt over that many partitions from now on. */
    void resize(int newPartitions) {
        partitions = newPartitions;
    }

    /** Size of one gradient, which is that of all weights as float32. */
    long gradientBytes() {
        return gradientBytes;
    }

    BatchPlan plan() {
        return contents.get(Split.TRAIN).settings().plan();
    }

    String blasName() {
        return contents.values().iterator().next().blasName();
    }

    /** Returns the training examples in the order of a step: {@code data.reshuffle-every} has them dealt again. */
    JavaRDD<PartitionReplicas> training(long step) {
        int every = config.data().reshuffleEvery();
        return replicas(Split.TRAIN, every == 0 ? 0 : plan().epoch(step) / every);
    }

    /** Returns a split in whatever order it was dealt. */
    JavaRDD<PartitionReplicas> inAnyOrder(Split split) {
        Deal deal = deals.get(split);
        return replicas(split, deal == null ? 0 : deal.generation());
    }

    private JavaRDD<PartitionReplicas> replicas(Split split, long generation) {
        Deal deal = deals.get(split);
        if (deal == null || deal.partitions() != partitions || deal.generation() != generation) {
            drop(split);
            deal = new Deal(deal(split, generation), partitions, generation);
            deals.put(split, deal);
        }
        return deal.replicas();
    }

    private JavaRDD<PartitionReplicas> deal(Split split, long generation) {
        SplitContent content = contents.get(split);
        BatchPlan plan = content.settings().plan();
        boolean shuffled = split == Split.TRAIN && config.data().shuffle() != DataConfig.Shuffle.FALSE;
        DealOrder order = new DealOrder(plan.examples(), content.settings().seed(), shuffled, generation);
        SliceAssignment assignment = assignment(partitions);
        return Dealer.deal(
                spark,
                content.source(),
                new Dealer.Deal(content.network(), content.settings(), order, assignment, content.blasName()));
    }

    /** Which slices a partition hosts, and how their gradients reach the driver. */
    SliceAssignment assignment() {
        return assignment(partitions);
    }

    private SliceAssignment assignment(int some) {
        return SliceAssignment.of(config.slices(), some, gradientBytes);
    }

    private void drop(Split split) {
        Deal before = deals.remove(split);
        if (before != null) {
            before.replicas().unpersist(true);
            freeMappings();
        }
    }

    /** Frees the disk space of dropped examples: a garbage collection ends their mappings, and nothing else does. */
    private void freeMappings() {
        List<Integer> tasks = new ArrayList<>();
        for (int task = 0; task < partitions; task++) {
            tasks.add(task);
        }
        spark.parallelize(tasks, partitions).foreach(task -> System.gc());
        System.gc();
    }

    /** Returns the executors that have some of these slices for training. */
    Set<String> executorsOf(Collection<Integer> slices) {
        Set<String> executors = new TreeSet<>();
        Deal deal = deals.get(Split.TRAIN);
        if (deal == null) {
            return executors;
        }
        SliceAssignment assignment = assignment(deal.partitions());
        for (int slice : slices) {
            RDDBlockId block = new RDDBlockId(deal.replicas().id(), assignment.partitionOf(slice));
            for (BlockManagerId place : CollectionConverters.asJava(
                    SparkEnv.get().blockManager().master().getLocations(block))) {
                executors.add(place.executorId());
            }
        }
        return executors;
    }

    void close() {
        deals.values().forEach(deal -> deal.replicas().unpersist());
    }
}
