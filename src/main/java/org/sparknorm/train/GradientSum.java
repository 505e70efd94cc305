package org.sparknorm.train;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.List;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/** What slices know of a step: the sum of their gradients and of their numbers. An algebra: merging in any order is the same. */
public final class GradientSum implements Externalizable {
    private static final int TIMES = 5;

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

    /**
     * Of gradients that are summed already.
     *
     * @param first number of the first of their slices
     * @param numbers what each of them knows beside its gradient
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

    /** Whether all slices are in. */
    public boolean isComplete() {
        return gradient.isComplete();
    }

    /** The slices that have not given yet, ascending. */
    public List<Integer> missing() {
        return gradient.missing();
    }

    /** @throws IllegalStateException if slices are missing */
    public StepResult result() {
        return new StepResult(gradient.root(), statistics.root(), times, JobTimes.NONE);
    }

    /** About how many bytes {@link #write} makes. */
    public int bytes() {
        return gradient.bytes() + statistics.bytes() + TIMES * Long.BYTES;
    }

    /** In bulk, see {@link TreeSum#write}. */
    public void write(DataOutput out) throws IOException {
        gradient.write(out);
        statistics.write(out);
        out.writeLong(times.total());
        out.writeLong(times.weights());
        out.writeLong(times.input());
        out.writeLong(times.statistics());
        out.writeLong(times.shortest());
    }

    /** What {@link #write} wrote. */
    public static GradientSum read(DataInput in) throws IOException {
        GradientSum sum = new GradientSum();
        sum.readFrom(in);
        return sum;
    }

    @SuppressWarnings("unchecked") // as they were written
    private void readFrom(DataInput in) throws IOException {
        gradient = (TreeSum<float[]>) TreeSum.read(in);
        statistics = (TreeSum<double[]>) TreeSum.read(in);
        times = new TaskTimes(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        write(out);
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException {
        readFrom(in);
    }
}
