package org.sparknorm.train;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.List;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/** The sum of what slices report of a step: gradients and statistics. Merging in any order gives the same bits. */
public final class GradientSum implements Externalizable {
    private TreeSum<float[]> gradient;
    private TreeSum<double[]> statistics;
    private TaskTimes times = TaskTimes.NONE;

    /** For deserialization only. */
    public GradientSum() {}

    /** Makes the sum over no slice, which is neutral for {@link #merge}. */
    public GradientSum(int slices) {
        gradient = new TreeSum<>(ArrayKind.FLOATS, slices);
        statistics = new TreeSum<>(ArrayKind.DOUBLES, slices);
    }

    /**
     * Makes a sum of gradients that are summed already.
     *
     * @param first the number of the first of their slices
     * @param numbers the statistics of each slice
     */
    static GradientSum of(TreeSum<float[]> gradient, int first, double[][] numbers) {
        GradientSum sum = new GradientSum(gradient.slices());
        sum.gradient = gradient;
        for (int i = 0; i < numbers.length; i++) {
            sum.statistics.add(first + i, numbers[i]);
        }
        return sum;
    }

    GradientSum add(int slice, float[] sliceGradient, double[] sliceStatistics) {
        gradient.add(slice, sliceGradient);
        statistics.add(slice, sliceStatistics);
        return this;
    }

    /** Counts in the times of one more task. */
    GradientSum took(TaskTimes task) {
        times = times.busier(task);
        return this;
    }

    /** Counts in the time that the task waited for the weights. */
    public GradientSum afterWeights(long nanos) {
        times = times.afterWeights(nanos);
        return this;
    }

    /** Takes over the other, which must not be used afterwards. */
    public GradientSum merge(GradientSum other) {
        gradient.merge(other.gradient);
        statistics.merge(other.statistics);
        return took(other.times);
    }

    /** Whether all slices are in. */
    public boolean isComplete() {
        return gradient.isComplete();
    }

    /** Returns the slices that have not been added yet, ascending. */
    public List<Integer> missing() {
        return gradient.missing();
    }

    /** @throws IllegalStateException if slices are missing */
    public StepResult result() {
        return new StepResult(gradient.root(), statistics.root(), times, StepTimes.OfDriver.NONE);
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        gradient.writeExternal(out);
        statistics.writeExternal(out);
        out.writeLong(times.total());
        out.writeLong(times.weights());
        out.writeLong(times.input());
        out.writeLong(times.statistics());
        out.writeLong(times.shortest());
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        gradient = new TreeSum<>();
        gradient.readExternal(in);
        statistics = new TreeSum<>();
        statistics.readExternal(in);
        times = new TaskTimes(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
