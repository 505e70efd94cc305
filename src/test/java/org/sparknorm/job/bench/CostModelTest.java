package org.sparknorm.job.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cost model finds the costs that steps were made of. */
@Tag("unit")
class CostModelTest {
    private static final double RELATIVE = 1e-6;
    private static final int CORES = 2;

    private static List<CostModel.Measured> steps(ToDoubleFunction<CostModel.Load> seconds) {
        List<CostModel.Measured> rows = new ArrayList<>();
        for (CostModel.Work work : List.of(
                new CostModel.Work(0.001, 6, 90_000),
                new CostModel.Work(0.0009, 0, 90_000),
                new CostModel.Work(0.03, 6, 3_000_000))) {
            for (int tasks : new int[] {1, 2, 4, 8, 16, 32}) {
                CostModel.Load load = new CostModel.Load(work, tasks, CORES);
                rows.add(new CostModel.Measured(load, seconds.applyAsDouble(load)));
            }
        }
        return rows;
    }

    private static double made(CostModel.Load load) {
        double sums = load.tasks() > 1 ? load.work().sums() : 0;
        return 1.1 * load.work().computeSeconds() / Math.min(load.tasks(), CORES)
                + 0.004
                + 0.0002 * load.tasks()
                + sums * (3e-5 + 1e-5 * load.tasks())
                + load.work().weights() * (2e-9 + 1e-9 * load.tasks());
    }

    @Test
    void costsAreFoundAgain() {
        CostModel model = CostModel.fit(steps(CostModelTest::made));
        double[] expected = {1.1, 0.004, 0.0002, 3e-5, 1e-5, 2e-9, 1e-9};
        for (int i = 0; i < expected.length; i++) {
            assertThat(model.costs()[i]).as(CostModel.NAMES.get(i)).isCloseTo(expected[i], within(1e-3 * expected[i]));
        }
        for (CostModel.Measured row : steps(CostModelTest::made)) {
            assertThat(model.seconds(row.load())).isCloseTo(row.seconds(), within(RELATIVE * row.seconds()));
        }
    }

    /** Steps that get cheaper with more weights would otherwise have negative costs. */
    @Test
    void noCostIsNegative() {
        CostModel model =
                CostModel.fit(steps(load -> made(load) - 2.5e-9 * load.work().weights()));
        assertThat(Arrays.stream(model.costs()).min().orElseThrow()).isNotNegative();
    }

    /** The driver receives a thousand parts of each sum from a thousand executors. */
    @Test
    void wireAndParticipantsCountOnACluster() {
        CostModel model = CostModel.fit(steps(CostModelTest::made));
        CostModel.Work work = new CostModel.Work(0, 100, 0);
        double seconds = model.seconds(work, 1000, new CostModel.Cluster(1e10, 2e-4, 0.03));
        assertThat(seconds).isCloseTo(0.03 + 0.2 + 100 * (2e-4 + 1e-2), within(1e-3));
        double slowWire = model.seconds(new CostModel.Work(0, 0, 1_000_000), 1, new CostModel.Cluster(1e9, 0, 0.03));
        assertThat(slowWire).isCloseTo(0.03 + 0.0002 + 3 * 0.032 + 0.003, within(1e-3));
    }
}
