package org.sparknorm.run;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.train.TrainingState;

/**
 * A run that is about to start: everything that can be checked without Spark has been checked, and nothing is written.
 *
 * @param source the configuration of the plan, as the run writes it
 * @param from the state from which the run continues
 */
public record PreparedRun(RunPlan plan, ConfigSource source, RunFolder folder, Resumption from) {
    /**
     * @param conf see {@link ConfArgument}
     * @throws RefusedException if configuration, data, network, output and checkpoint do not fit together
     */
    public static PreparedRun of(String conf, List<String> assignments, Configuration hadoop) throws IOException {
        ConfigSource source = ConfArgument.resolve(conf, assignments, hadoop);
        RunConfig config = source.toRunConfig();
        RunFolder folder = RunFolder.of(config.output().value(), hadoop);
        if (!config.resumes()) {
            folder.checkFree(config.overwrite());
        }
        RunPlan plan = RunPlan.of(config, hadoop);
        // These are checked here so that a run is not refused after its first step.
        PercentileRecorder.unit(plan);
        HistogramRecorder.check(plan);
        ConfigSource known = source.with(List.of("model.classes=" + plan.spec().classes()));
        return new PreparedRun(plan, known, folder, Resumption.of(plan, folder, hadoop));
    }

    /** Returns the same run with a plan that leaves out examples. */
    PreparedRun with(RunPlan fewer) {
        return new PreparedRun(fewer, source, folder, from);
    }

    /** Returns the same run with another number of partitions. */
    public PreparedRun withPartitions(int partitions) {
        return new PreparedRun(
                plan.withPartitions(partitions), source.with(List.of("partitions=" + partitions)), folder, from);
    }

    public RunConfig config() {
        return plan.config();
    }

    /** Whether the output holds the result of this run, so that nothing is left to do. */
    public boolean isFinished() throws IOException {
        return from.isFinished(plan, folder);
    }

    /** Returns the folder whose logs this run continues: its own, or that of the run that wrote the checkpoint. */
    private Path continuedFolder() {
        return from.path() == null ? folder.path() : RunFolder.runOf(from.path());
    }

    /** Opens the logs, with the lines up to the step from which the run continues. */
    RunLog log() throws IOException {
        RunLog.Start start = new RunLog.Start(continuedFolder(), from.step());
        return new RunLog(folder, config(), plan.spec().classes(), start);
    }

    /** Returns the state before the first step of this run. */
    public TrainingState state(Configuration hadoop) {
        return from.checkpoint() == null ? plan.state(ModelFiles.initial(plan, hadoop)) : plan.state(from.checkpoint());
    }

    /** Prepares the output for the first step. */
    void open() throws IOException {
        if (from.isWithin(folder)) {
            folder.reopen(source.text(), from.step());
        } else {
            folder.create(source.text());
        }
    }
}
