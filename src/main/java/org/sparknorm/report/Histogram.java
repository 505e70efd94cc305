package org.sparknorm.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how many values lie in each of fixed buckets, whose edges are ±10⁻¹²·1.1ᵏ as in TensorFlow's own histograms.
 * It consists of numbers that add up: the histogram of a set is the sum of those of its parts. Values that are not
 * finite are left out.
 */
public final class Histogram {
    /** The members of {@link #toMap}. */
    static final String MIN = "min";

    static final String MAX = "max";
    static final String COUNT = "count";
    static final String SUM = "sum";
    static final String SUM_OF_SQUARES = "sumOfSquares";
    static final String EDGES = "edges";
    static final String COUNTS = "counts";

    private static final double SMALLEST = 1e-12;
    private static final double GROWTH = 1.1;
    /** The positive edges; the last is larger than any float. */
    private static final double[] POSITIVE_EDGES = edges();

    private static final int BUCKETS = 2 * POSITIVE_EDGES.length;
    private static final int SUM_INDEX = BUCKETS;
    private static final int SQUARES_INDEX = BUCKETS + 1;

    private final double[] numbers;

    public Histogram() {
        this(new double[BUCKETS + 2]);
    }

    /** @param numbers what {@link #numbers} returned, or a sum of such arrays */
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

    /** Counts one more value. */
    public void add(float value) {
        if (!Float.isFinite(value)) {
            return;
        }
        numbers[bucket(value)]++;
        numbers[SUM_INDEX] += value;
        numbers[SQUARES_INDEX] += (double) value * value;
    }

    /** An edge belongs to the bucket on its side nearer to 0. The middle bucket is |value| ≤ 10⁻¹². */
    private static int bucket(float value) {
        int found = Arrays.binarySearch(POSITIVE_EDGES, Math.abs((double) value));
        int beyond = found >= 0 ? found : -found - 1;
        return value < 0 ? POSITIVE_EDGES.length - beyond : POSITIVE_EDGES.length + beyond;
    }

    /** The counts of all buckets, then the sum and the sum of squares. */
    public double[] numbers() {
        return numbers;
    }

    /** The upper edge of a bucket; negative buckets come first. */
    private static double upperEdge(int bucket) {
        int side = bucket - POSITIVE_EDGES.length;
        return side >= 0 ? POSITIVE_EDGES[side] : -POSITIVE_EDGES[-side - 1];
    }

    /**
     * The members of a line of the log and of an event of TensorBoard: {@code count sum sumOfSquares} and, from the
     * first to the last bucket that is not empty, {@code edges} (the upper ones) and {@code counts}. {@code min} and
     * {@code max} are the outer edges of these two buckets.
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
        map.put(MIN, last < 0 ? 0.0 : upperEdge(Math.max(0, first - 1)));
        map.put(MAX, last < 0 ? 0.0 : upperEdge(last));
        map.put(COUNT, count);
        map.put(SUM, numbers[SUM_INDEX]);
        map.put(SUM_OF_SQUARES, numbers[SQUARES_INDEX]);
        map.put(EDGES, edges);
        map.put(COUNTS, counts);
        return map;
    }
}
