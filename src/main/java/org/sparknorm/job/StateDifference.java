package org.sparknorm.job;

import java.util.Map;
import org.sparknorm.train.TrainingState;

/**
 * Counts the values whose bits differ between two states: weights, running statistics and what their optimizers keep.
 *
 * @param values number of values that were compared
 * @param differing number of values whose bits differ
 * @param largest the largest absolute difference; NaN if a difference is NaN
 */
record StateDifference(long values, long differing, double largest) {
    private static final StateDifference NONE = new StateDifference(0, 0, 0);

    static StateDifference of(TrainingState left, TrainingState right) {
        StateDifference difference = NONE.and(left.weights(), right.weights()).and(left.buffers(), right.buffers());
        Map<String, float[]> others = right.optimizer().arrays();
        for (Map.Entry<String, float[]> array : left.optimizer().arrays().entrySet()) {
            difference = difference.and(array.getValue(), others.get(array.getKey()));
        }
        return difference;
    }

    private StateDifference and(float[] left, float[] right) {
        long found = differing;
        double most = largest;
        for (int i = 0; i < left.length; i++) {
            if (Float.floatToRawIntBits(left[i]) != Float.floatToRawIntBits(right[i])) {
                found++;
                double difference = Math.abs((double) left[i] - right[i]);
                most = Double.isNaN(difference) ? difference : Math.max(most, difference);
            }
        }
        return new StateDifference(values + left.length, found, most);
    }
}
