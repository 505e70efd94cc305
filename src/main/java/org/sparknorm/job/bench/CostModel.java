package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.sparknorm.spark.GradientPath;

/**
 * Models the time of a step, in seconds, as a sum of costs times quantities:
 *
 * <pre>
 * compute / min(P, cores)   forward and backward, spread over the cores
 * 1                         starting a job
 * P                         starting a task and receiving its result
 * sums (if P > 1)           a sum of statistics
 * sums · P (if P > 1)       receiving a participant's part of it
 * weights                   the driver's update
 * weights · P               receiving a gradient
 * </pre>
 *
 * Costs are fitted to measured steps by least squares of the relative errors; none is negative.
 */
final class CostModel {
    static final List<String> NAMES = List.of(
            "second of compute",
            "job",
            "task",
            "sum of statistics",
            "participant of a sum",
            "weight at the optimizer",
            "weight of a task's gradient");
    private static final int JOB = 1;
    private static final int TASK = 2;
    private static final int PARTICIPANT = 4;
    private static final int UPDATE = 5;
    private static final int GRADIENT = 6;
    private static final int BITS_PER_WEIGHT = Float.SIZE;

    private final double[] costs;

    /**
     * A network and its batch.
     *
     * @param computeSeconds time of forward and backward over the batch on one core
     * @param sums of statistics in a step
     */
    record Work(double computeSeconds, int sums, long weights) {}

    /**
     * A step on one machine.
     *
     * @param tasks P
     * @param cores that the tasks share
     */
    record Load(Work work, int tasks, int cores) {
        private double[] quantities() {
            double sums = tasks > 1 ? work.sums() : 0;
            return new double[] {
                work.computeSeconds() / Math.min(tasks, cores),
                1,
                tasks,
                sums,
                sums * tasks,
                work.weights(),
                (double) work.weights() * tasks
            };
        }
    }

    /**
     * The costs that executors on machines of their own have in addition.
     *
     * @param bitsPerSecond of the driver's network, each way
     * @param roundTripSeconds of a request and its answer
     * @param jobSeconds of an empty job
     */
    record Cluster(double bitsPerSecond, double roundTripSeconds, double jobSeconds) {}

    /** A measured step. */
    record Measured(Load load, double seconds) {}

    private CostModel(double[] costs) {
        this.costs = costs;
    }

    /**
     * Costs that would be negative are set to 0: the most negative one is left out and the rest is fitted again, until
     * none is.
     */
    static CostModel fit(List<Measured> rows) {
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            used.add(i);
        }
        while (true) {
            double[] fitted = fit(rows, used);
            int worst = 0;
            for (int i = 1; i < fitted.length; i++) {
                worst = fitted[i] < fitted[worst] ? i : worst;
            }
            if (fitted[worst] >= 0) {
                double[] costs = new double[NAMES.size()];
                for (int i = 0; i < fitted.length; i++) {
                    costs[used.get(i)] = fitted[i];
                }
                return new CostModel(costs);
            }
            used.remove(worst);
        }
    }

    private static double[] fit(List<Measured> rows, List<Integer> used) {
        double[] ones = new double[rows.size()];
        Arrays.fill(ones, 1);
        double[][] relative = new double[rows.size()][];
        for (int row = 0; row < relative.length; row++) {
            double[] quantities = rows.get(row).load().quantities();
            double seconds = rows.get(row).seconds();
            relative[row] =
                    used.stream().mapToDouble(i -> quantities[i] / seconds).toArray();
        }
        double[] scales = new double[used.size()];
        for (int i = 0; i < scales.length; i++) {
            int column = i;
            scales[i] = Math.max(
                    Double.MIN_NORMAL,
                    Arrays.stream(relative)
                            .mapToDouble(row -> row[column])
                            .max()
                            .orElseThrow());
            for (double[] row : relative) {
                row[i] /= scales[i];
            }
        }
        OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
        regression.setNoIntercept(true);
        regression.newSampleData(ones, relative);
        double[] fitted = regression.estimateRegressionParameters();
        for (int i = 0; i < fitted.length; i++) {
            fitted[i] /= scales[i];
        }
        return fitted;
    }

    double seconds(Load load) {
        double seconds = 0;
        double[] quantities = load.quantities();
        for (int i = 0; i < costs.length; i++) {
            seconds += costs[i] * quantities[i];
        }
        return seconds;
    }

    /**
     * The time of a step on executors with one core each. The driver sends the weights once; executors pass them on.
     */
    double seconds(Work work, int executors, Cluster cluster) {
        GradientPath path = GradientPath.of(executors, work.weights() * Float.BYTES);
        double modelOnWire = work.weights() * (double) BITS_PER_WEIGHT / cluster.bitsPerSecond();
        double gradient = modelOnWire + costs[GRADIENT] * work.weights();
        return work.computeSeconds() / executors
                + Math.max(cluster.jobSeconds(), costs[JOB])
                + costs[TASK] * executors
                + work.sums() * (cluster.roundTripSeconds() + costs[PARTICIPANT] * executors)
                + (path.inGroup() + path.atDriver()) * gradient
                + 2 * modelOnWire
                + costs[UPDATE] * work.weights();
    }

    /** The costs in seconds, in the order of {@link #NAMES}. */
    double[] costs() {
        return costs.clone();
    }
}
