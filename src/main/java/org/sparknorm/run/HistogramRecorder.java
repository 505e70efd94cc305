package org.sparknorm.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparknorm.config.HistogramsConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.report.Histogram;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Records histograms at regular steps and after the last step: of the values of each parameter, and of a layer's
 * outputs before its activation over all validation examples. Executors compute the latter.
 */
final class HistogramRecorder implements TrainingListener {
    private final Network network;
    private final Workers workers;
    private final RunLog log;
    private final HistogramsConfig config;
    private final long lastStep;

    HistogramRecorder(RunPlan plan, Workers workers, RunLog log) {
        this.network = plan.network();
        this.workers = workers;
        this.log = log;
        this.config = plan.config().recordHistograms();
        this.lastStep = plan.totalSteps();
    }

    /** @throws RefusedException if the network does not have the layer, or there are no validation examples */
    static void check(RunPlan plan) {
        HistogramsConfig config = plan.config().recordHistograms();
        if (!config.isOn() || config.layer().value() == null) {
            return;
        }
        if (plan.validation() == null) {
            throw new RefusedException(
                    "record-histograms.layer needs validation examples, and there are none", "set data.validation");
        }
        LayerNames.find(
                plan.network(), "record-histograms.layer", config.layer().value());
    }

    @Override
    public boolean wantsState(long step) {
        return step % config.every() == 0 || step == lastStep;
    }

    @Override
    public void onStepEnd(TrainingState state) {
        if (!wantsState(state.step())) {
            return;
        }
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        for (Parameter parameter : network.parameters()) {
            Histogram histogram = new Histogram();
            for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
                histogram.add(state.weights()[i]);
            }
            histograms.put(parameter.name(), histogram);
        }
        String layer = config.layer().value();
        if (layer != null) {
            InferenceTask.LayerHistogram task = new InferenceTask.LayerHistogram(layer);
            histograms.put(
                    layer,
                    new Histogram(workers.infer(state, Split.VALIDATION, task).root()));
        }
        log.histograms(state.step(), histograms);
    }
}
