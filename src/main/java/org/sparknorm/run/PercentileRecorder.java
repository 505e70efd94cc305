package org.sparknorm.run;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparknorm.config.PercentilesConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.run.files.LogFields;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.train.ChannelId;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Records the 15th, 50th and 85th percentile of one unit's outputs before its activation over all validation examples,
 * at regular steps and after the last step, for figure 1(b, c) of Ioffe and Szegedy 2015. Executors compute the values;
 * the driver sorts all of them, so the percentiles are exact.
 */
public final class PercentileRecorder implements TrainingListener {
    private final Workers workers;
    private final RunLog log;
    private final ChannelId unit;
    private final long every;
    private final long lastStep;

    PercentileRecorder(RunPlan plan, Workers workers, RunLog log) {
        this.workers = workers;
        this.log = log;
        this.unit = unit(plan).orElseThrow();
        this.every = plan.config().recordPercentiles().every();
        this.lastStep = plan.totalSteps();
    }

    /**
     * Returns the unit that the configuration names, if it names one.
     *
     * @throws RefusedException if the network does not have it, or there are no validation examples
     */
    static Optional<ChannelId> unit(RunPlan plan) {
        PercentilesConfig config = plan.config().recordPercentiles();
        if (!config.isOn()) {
            return Optional.empty();
        }
        if (plan.validation() == null) {
            throw new RefusedException(
                    "record-percentiles needs validation examples, and there are none", "set data.validation");
        }
        String layer = config.layer().value();
        Network.Row found = LayerNames.find(plan.network(), "record-percentiles.layer", layer);
        int units = found.output().last();
        long unit = config.unit().value();
        if (unit >= units) {
            throw new RefusedException(
                    "record-percentiles.unit = " + unit + ", but " + layer + " has " + units, "count from 0 on");
        }
        return Optional.of(new ChannelId(layer, (int) unit));
    }

    @Override
    public boolean wantsState(long step) {
        return step % every == 0 || step == lastStep;
    }

    @Override
    public void onStepEnd(TrainingState state) {
        if (!wantsState(state.step())) {
            return;
        }
        float[] values = joined(workers.infer(state, Split.VALIDATION, new InferenceTask.ChannelValues(unit)));
        Arrays.sort(values);
        log.percentiles(
                state.step(),
                unit,
                LogFields.PERCENTILES.stream()
                        .map(percent -> percentile(values, percent))
                        .toList());
    }

    private static float[] joined(List<float[]> parts) {
        FloatBuffer joined = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(joined::put);
        return joined.array();
    }

    /** Returns the linear interpolation between the two values nearest to the rank of the percentile. */
    static double percentile(float[] sorted, int percent) {
        double rank = percent / 100.0 * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * ((double) sorted[above] - sorted[below]);
    }
}
