package org.sparknorm.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.files.LogFields;
import org.sparknorm.run.files.Report;
import org.sparknorm.run.files.ReportFiles;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.run.files.RunHistory;
import org.sparknorm.run.files.RunTotals;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingState;

/**
 * Writes the last files of a run: the model, the report and, at the end, {@code result.json}, the summary of the run.
 */
final class FinalFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FinalFiles.class);

    private final PreparedRun run;
    private final TrainingState state;
    private final RunTotals totals;

    /** @param totals totals of the logs, which must be closed */
    FinalFiles(PreparedRun run, TrainingState state, RunTotals totals) {
        this.run = run;
        this.state = state;
        this.totals = totals;
    }

    void write(int partitions, Map<String, String> software) throws IOException {
        RunFolder folder = run.folder();
        List<Safetensors.Entry> tensors =
                state.evaluationModel().entries(run.plan().network());
        folder.write(RunFolder.MODEL, out -> Safetensors.write(out, tensors));
        Map<String, Object> result = result(Safetensors.sha256(tensors), partitions, software);
        writeReport(result);
        String text = JsonLines.json(result) + "\n";
        folder.write(RunFolder.RESULT, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Map<String, Object> result(String sha256, int partitions, Map<String, String> software) {
        Evaluation last = totals.lastEvaluation();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put(LogFields.STEPS, state.step());
        result.put(LogFields.EXAMPLES, totals.examples());
        result.put(LogFields.LOSS, last == null ? null : last.loss());
        result.put(LogFields.TOP1, last == null ? null : last.top1());
        result.put(LogFields.WEIGHTS_SHA256, sha256);
        result.put(LogFields.IMAGES_PER_SECOND, totals.imagesPerSecond());
        result.put(LogFields.PARTITIONS, partitions);
        result.put(LogFields.SLICES, run.plan().config().slices());
        result.putAll(software);
        if (stoppedEarly()) {
            result.put(LogFields.STOPPED_EARLY, true);
        }
        if (totals.divergedAt() != null) {
            result.put(LogFields.DIVERGED_AT, totals.divergedAt());
        }
        return result;
    }

    /** Whether evaluations ended the run before its last step. */
    boolean stoppedEarly() {
        return state.step() < run.plan().totalSteps();
    }

    /** Draws the curves of this run. An error in this does not make the run fail. */
    private void writeReport(Map<String, Object> result) {
        RunFolder folder = run.folder();
        try {
            RunHistory history = RunHistory.of(folder, result);
            if (!history.steps().isEmpty()) {
                Path page = new Path(folder.path(), RunFolder.REPORT);
                ReportFiles.write(new Report(List.of(history), false), List.of(), page, SparkStart.hadoop());
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("no {}: {}", RunFolder.REPORT, e.toString());
        }
    }
}
