package org.sparknorm.train;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/** What slices know of a step: the sum of their gradients and of their numbers. An algebra: merging in any order is the same. */
public final class GradientSum implements Externalizable {
    private TreeSum<float[]> gradient;
    private TreeSum<double[]> statistics;
    private TaskTimes times = TaskTimes.NONE;

    /** For deserialization only. */
    public GradientSum() {}

    /** Of no slice yet; neutral for {@link #merge}. */
    public GradientSum(int slices) {
        gradient = new TreeSum<>(ArrayKind.FLOATS, slices);
        statistics = new TreeSum<>(ArrayKind.DOUBLES, slices);
    }

    GradientSum add(int slice, float[] sliceGradient, double[] sliceStatistics) {
        gradient.add(slice, sliceGradient);
        statistics.add(slice, sliceStatistics);
        return this;
    }

    /** Of one task more. */
    GradientSum took(TaskTimes task) {
        times = times.busier(task);
        return this;
    }

    /** Of a task that asked for the weights before. */
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

    /** How many gradient-sized arrays this holds. */
    public int nodeCount() {
        return gradient.nodeCount();
    }

    /** @throws IllegalStateException if slices are missing */
    public StepResult result() {
        return new StepResult(gradient.root(), statistics.root(), times, 0);
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        gradient.writeExternal(out);
        statistics.writeExternal(out);
        out.writeLong(times.total());
        out.writeLong(times.weights());
        out.writeLong(times.input());
        out.writeLong(times.statistics());
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        gradient = new TreeSum<>();
        gradient.readExternal(in);
        statistics = new TreeSum<>();
        statistics.readExternal(in);
        times = new TaskTimes(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }
}
