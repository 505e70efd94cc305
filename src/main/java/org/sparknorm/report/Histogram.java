package org.sparknorm.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many values lie in each of fixed buckets, whose edges are ±10⁻¹²·1.1ᵏ as in TensorFlow's own histograms. All it knows
 * are numbers that add up: the histogram of a set is the sum of those of its parts. Values that are not finite are left out.
 */
public final class Histogram {
    private static final double SMALLEST = 1e-12;
    private static final double GROWTH = 1.1;
    /** Of the positive ones; the last is beyond what a float can be. */
    private static final double[] EDGES = edges();

    private static final int BUCKETS = 2 * EDGES.length;
    private static final int SUM = BUCKETS;
    private static final int SUM_OF_SQUARES = BUCKETS + 1;

    private final double[] numbers;

    public Histogram() {
        this(new double[BUCKETS + 2]);
    }

    /** @param numbers of {@link #numbers}, or a sum of such */
    public Histogram(double[] numbers) {
        this.numbers = numbers;
    }

    private static double[] edges() {
        List<Double> edges = new ArrayList<>();
        for (double edge = SMALLEST; edge < GROWTH * Float.MAX_VALUE; edge *= GROWTH) {
            edges.add(edge);
        }
        return edges.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** One more value. */
    public void add(float value) {
        if (!Float.isFinite(value)) {
            return;
        }
        numbers[bucket(value)]++;
        numbers[SUM] += value;
        numbers[SUM_OF_SQUARES] += (double) value * value;
    }

    /** Edges belong to the bucket nearer to 0, whose middle one is |value| ≤ 10⁻¹². */
    private static int bucket(float value) {
        int found = Arrays.binarySearch(EDGES, Math.abs((double) value));
        int beyond = found >= 0 ? found : -found - 1;
        return value < 0 ? EDGES.length - beyond : EDGES.length + beyond;
    }

    /** Counts of the buckets, sum and sum of squares. */
    public double[] numbers() {
        return numbers;
    }

    /** The upper edge of a bucket; negative buckets come first. */
    private static double upperEdge(int bucket) {
        int side = bucket - EDGES.length;
        return side >= 0 ? EDGES[side] : -EDGES[-side - 1];
    }

    /**
     * As the line of a log has it, and an event of TensorBoard: {@code count sum sumOfSquares}, and from the first bucket
     * that is not empty to the last, {@code edges} (their upper ones) and {@code counts}; {@code min} and {@code max} are
     * the outer edges of those two.
     */
    public Map<String, Object> toMap() {
        int first = 0;
        int last = -1;
        double count = 0;
        for (int bucket = BUCKETS - 1; bucket >= 0; bucket--) {
            count += numbers[bucket];
            first = numbers[bucket] > 0 ? bucket : first;
            last = last < 0 && numbers[bucket] > 0 ? bucket : last;
        }
        List<Double> edges = new ArrayList<>();
        List<Double> counts = new ArrayList<>();
        for (int bucket = first; bucket <= last; bucket++) {
            edges.add(upperEdge(bucket));
            counts.add(numbers[bucket]);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("min", last < 0 ? 0.0 : upperEdge(Math.max(0, first - 1)));
        map.put("max", last < 0 ? 0.0 : upperEdge(last));
        map.put("count", count);
        map.put("sum", numbers[SUM]);
        map.put("sumOfSquares", numbers[SUM_OF_SQUARES]);
        map.put("edges", edges);
        map.put("counts", counts);
        return map;
    }
}
