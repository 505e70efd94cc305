package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.testing.LocalSpark;

/** How much reaches the driver through Spark's own treeAggregate. */
class TreeAggregationTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(64);

    /** In local mode the driver's merges run in this JVM, outside of any task. */
    private static final AtomicInteger NODES_AT_THE_DRIVER = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({"8, 2", "16, 4", "64, 8"})
    void onlyOneNodeAGroupReachesTheDriver(int partitions, int nodes) {
        NODES_AT_THE_DRIVER.set(0);
        SliceAssignment runs = new SliceAssignment(partitions, partitions, 2);
        JavaRDD<Integer> numbers = SPARK.context()
                .parallelize(IntStream.range(0, partitions).boxed().toList(), partitions);
        JavaRDD<TreeSum<float[]>> parts = BarrierStage.map(
                numbers,
                partition -> new TreeSum<>(ArrayKind.FLOATS, partitions).add(runs.first(partition), new float[] {1}));
        TreeSum<float[]> sum = TreeAggregation.of(
                parts, new TreeSum<>(ArrayKind.FLOATS, partitions), TreeAggregationTest::countingMerge, 2);
        assertThat(sum.root()).containsExactly(partitions);
        assertThat(NODES_AT_THE_DRIVER).hasValue(nodes);
    }

    private static TreeSum<float[]> countingMerge(TreeSum<float[]> left, TreeSum<float[]> right) {
        if (TaskContext.get() == null) {
            NODES_AT_THE_DRIVER.addAndGet(right.nodeCount());
        }
        return left.merge(right);
    }
}
