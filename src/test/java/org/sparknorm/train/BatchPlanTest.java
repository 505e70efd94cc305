package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The deal: which example belongs to which step and slice. */
@Tag("unit")
class BatchPlanTest {
    /** Numbers of examples, batch sizes and slices, with and without a last batch and slices that do not divide. */
    static Stream<Arguments> plans() {
        return LongStream.of(1, 2, 7, 59, 60, 61, 100, 1003)
                .boxed()
                .flatMap(examples -> IntStream.of(1, 2, 7, 60, 100)
                        .boxed()
                        .flatMap(batchSize -> IntStream.of(1, 2, 3, 7, 8, 13, 60)
                                .filter(slices -> slices <= batchSize)
                                .mapToObj(slices -> Arguments.of(examples, batchSize, slices))));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void theSliceIsThatOfTheRule(long examples, int batchSize, int slices) {
        BatchPlan plan = new BatchPlan(examples, batchSize, slices, false);
        for (long place = 0; place < examples; place++) {
            long inBatch = place % batchSize;
            assertThat(plan.slice(place)).isEqualTo((int) Math.floorDiv(inBatch * slices, (long) batchSize));
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void thePositionCountsTheExamplesOfTheSliceBefore(long examples, int batchSize, int slices) {
        BatchPlan plan = new BatchPlan(examples, batchSize, slices, false);
        int[] before = new int[slices];
        for (long place = 0; place < examples; place++) {
            assertThat(plan.position(place)).as("place %d", place).isEqualTo(before[plan.slice(place)]++);
        }
        for (int slice = 0; slice < slices; slice++) {
            assertThat(plan.sliceExamples(slice)).as("slice %d", slice).isEqualTo(before[slice]);
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void everyExampleBelongsToOneStepAndSlice(long examples, int batchSize, int slices) {
        BatchPlan plan = new BatchPlan(examples, batchSize, slices, false);
        long[][] places = placesOfSlices(plan);
        BitSet seen = new BitSet();
        for (long step = 1; step <= plan.stepsPerEpoch(); step++) {
            int batchExamples = plan.batchExamples(step);
            for (int slice = 0; slice < slices; slice++) {
                int start = plan.shareStart(slice, step);
                for (int i = 0; i < plan.share(slice, batchExamples); i++) {
                    long place = places[slice][start + i];
                    assertThat(seen.get((int) place))
                            .as("place %d is taken", place)
                            .isFalse();
                    assertThat(place / batchSize).as("batch of place %d", place).isEqualTo(plan.batch(step));
                    seen.set((int) place);
                }
            }
        }
        assertThat(seen.cardinality()).isEqualTo((int) examples);
    }

    @ParameterizedTest
    @MethodSource("plans")
    void droppingLeavesFullBatchesAlone(long examples, int batchSize, int slices) {
        BatchPlan plan = new BatchPlan(examples, batchSize, slices, true);
        assertThat(plan.stepsPerEpoch()).isEqualTo(Math.floorDiv(examples, (long) batchSize));
        for (long step = 1; step <= plan.stepsPerEpoch(); step++) {
            assertThat(plan.batchExamples(step)).isEqualTo(batchSize);
        }
    }

    @ParameterizedTest
    @MethodSource("plans")
    void sharesOfAFullBatchDifferByOneAtMost(long examples, int batchSize, int slices) {
        BatchPlan plan = new BatchPlan(examples, batchSize, slices, false);
        int sum = 0;
        for (int slice = 0; slice < slices; slice++) {
            int share = plan.share(slice, batchSize);
            assertThat(share).isBetween(batchSize / slices, (batchSize + slices - 1) / slices);
            sum += share;
        }
        assertThat(sum).isEqualTo(batchSize);
    }

    @Test
    void theLastBatchMayLeaveLateSlicesEmpty() {
        // 1003 = 16·60 + 43; slice 6 begins at place 45 of a batch.
        BatchPlan plan = new BatchPlan(1003, 60, 8, false);
        assertThat(plan.batchExamples(17)).isEqualTo(43);
        assertThat(shares(plan, 43)).containsExactly(8, 7, 8, 7, 8, 5, 0, 0);
        assertThat(shares(plan, 60)).containsExactly(8, 7, 8, 7, 8, 7, 8, 7);
    }

    @Test
    void aLastBatchOfThreeLeavesSevenOfEightSlicesEmpty() {
        BatchPlan plan = new BatchPlan(1003, 100, 8, false);
        assertThat(plan.batchExamples(11)).isEqualTo(3);
        assertThat(shares(plan, 3)).containsExactly(3, 0, 0, 0, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        // Without dropping 17 steps an epoch, with it 16.
        "false, 1, 0, 0, 60",
        "false, 16, 0, 15, 60",
        "false, 17, 0, 16, 43",
        "false, 18, 1, 0, 60",
        "false, 34, 1, 16, 43",
        "true, 16, 0, 15, 60",
        "true, 17, 1, 0, 60",
        "true, 33, 2, 0, 60"
    })
    void stepsCountFromOneOverAllEpochs(boolean dropLast, long step, long epoch, long batch, int batchExamples) {
        BatchPlan plan = new BatchPlan(1003, 60, 8, dropLast);
        assertThat(plan.epoch(step)).isEqualTo(epoch);
        assertThat(plan.batch(step)).isEqualTo(batch);
        assertThat(plan.batchExamples(step)).isEqualTo(batchExamples);
    }

    @Test
    void everyEpochBeginsWithTheFirstExamplesOfItsSlices() {
        BatchPlan plan = new BatchPlan(1003, 60, 8, false);
        assertThat(plan.shareStart(3, 18)).isZero();
        assertThat(plan.shareStart(3, 19)).isEqualTo(plan.share(3, 60));
    }

    @Test
    void largeNumbersDoNotOverflow() {
        // As many slices as a batch has examples, and their product beyond an int.
        BatchPlan plan = new BatchPlan(3_000_000_000L, 100_000, 100_000, false);
        assertThat(plan.slice(2_999_999_999L)).isEqualTo(99_999);
        assertThat(plan.position(2_999_999_999L)).isEqualTo(29_999);
        assertThat(plan.share(99_999, 100_000)).isEqualTo(1);
        assertThat(plan.stepsPerEpoch()).isEqualTo(30_000);
        assertThat(plan.sliceExamples(99_999)).isEqualTo(30_000);
    }

    /** The places of each slice's examples in the order of the slice. */
    private static long[][] placesOfSlices(BatchPlan plan) {
        long[][] places = new long[plan.slices()][];
        for (int slice = 0; slice < plan.slices(); slice++) {
            places[slice] = new long[plan.sliceExamples(slice)];
        }
        for (long place = 0; place < plan.examples(); place++) {
            places[plan.slice(place)][plan.position(place)] = place;
        }
        return places;
    }

    private static int[] shares(BatchPlan plan, int batchExamples) {
        return IntStream.range(0, plan.slices())
                .map(slice -> plan.share(slice, batchExamples))
                .toArray();
    }
}
