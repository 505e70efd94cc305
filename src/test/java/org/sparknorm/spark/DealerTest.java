package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.DealOrder;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.train.BatchPlan;
import scala.Tuple2;

/** Where examples are dealt to. */
@Tag("unit")
class DealerTest {
    private static final int CLASSES = 3;
    /** The last batch has 3 examples for 8 slices. */
    private static final BatchPlan PLAN = new BatchPlan(103, 20, 8, false);

    private static Tuple2<Long, byte[]> example(long index, int label) {
        return new Tuple2<>(index, EncodedExample.of(label, "image-" + index, new byte[1]));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void examplesGoToThePartitionOfTheirSlice(int partitions) {
        SliceAssignment assignment = SliceAssignment.of(PLAN.slices(), partitions, 0);
        Dealer.SlicePartitioner partitioner = new Dealer.SlicePartitioner(PLAN, assignment);
        assertThat(partitioner.numPartitions()).isEqualTo(partitions);
        for (long place = 0; place < PLAN.examples(); place++) {
            int partition = partitioner.getPartition(place);
            int first = assignment.first(partition);
            assertThat(PLAN.slice(place)).isBetween(first, first + assignment.count(partition) - 1);
        }
    }

    @Test
    void examplesHaveTheirPlaceInTheOrderAndKeepTheirIndex() {
        DealOrder order = new DealOrder(PLAN.examples(), 1, true);
        for (long index = 0; index < PLAN.examples(); index++) {
            Iterator<Tuple2<Long, byte[]>> one = List.of(example(index, 0)).iterator();
            Tuple2<Long, byte[]> dealt =
                    Dealer.toPlaces(one, order.places(), CLASSES).next();
            assertThat(dealt._1()).isEqualTo(order.places().applyAsLong(index));
            assertThat(EncodedExample.index(dealt._2())).isEqualTo(index);
        }
    }

    @Test
    void labelThatTheModelDoesNotKnowIsRefused() {
        Iterator<Tuple2<Long, byte[]>> one = List.of(example(7, CLASSES)).iterator();
        Iterator<Tuple2<Long, byte[]>> dealt = Dealer.toPlaces(one, index -> index, CLASSES);
        assertThatThrownBy(dealt::next)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("image-7 has label 3, but the model knows 3 classes");
    }
}
