package org.sparknorm.run;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.train.TrainingState;

/**
 * A run before Spark starts: whatever can be refused without it has been. Nothing is written.
 *
 * @param from what the run goes on from
 */
public record PreparedRun(RunConfiguration configuration, RunPlan preparation, RunFolder folder, Resumption from) {
    /**
     * @param conf a path, local unless it has a scheme, or an inline configuration
     * @throws RefusedException if configuration, data, network, output and checkpoint do not fit together
     */
    public static PreparedRun of(String conf, List<String> assignments, Configuration hadoop) throws IOException {
        RunConfiguration given = RunConfiguration.of(conf, assignments, hadoop);
        RunFolder folder = RunFolder.of(given.run().output().value(), hadoop);
        if (!given.run().resumes()) {
            folder.checkFree(given.run().overwrite());
        }
        RunPlan prepared = RunPlan.of(given.run(), hadoop);
        // Refused now rather than after the first step.
        PercentileRecorder.unit(prepared);
        HistogramRecorder.check(prepared);
        RunConfiguration configuration = given.withClasses(prepared.run().classes());
        RunPlan preparation = prepared.with(configuration.run());
        return new PreparedRun(configuration, preparation, folder, Resumption.of(preparation, folder, hadoop));
    }

    /** With what is left when examples were left out. */
    PreparedRun with(RunPlan fewer) {
        return new PreparedRun(configuration, fewer, folder, from);
    }

    /** Whether the output holds the end of this run: there is nothing left to do. */
    public boolean isFinished() throws IOException {
        return from.isFinished(preparation, folder);
    }

    /** The state before the first step that is to be made. */
    public TrainingState state(Configuration hadoop) {
        return from.checkpoint() == null
                ? preparation.state(ModelFiles.initial(preparation, hadoop))
                : preparation.state(from.checkpoint());
    }

    /** Makes the output ready for the first step. */
    void open() throws IOException {
        String text = configuration.source().resolvedText();
        if (from.isWithin(folder)) {
            folder.reopen(text, from.step());
        } else {
            folder.create(text);
        }
    }
}
