package org.sparknorm.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.CheckpointFolder;
import org.sparknorm.config.ConfigDifferences;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.LearningRateConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.files.LogFields;
import org.sparknorm.run.files.RunFolder;

/**
 * The checkpoint from which a run continues, or none. Finding it changes nothing.
 *
 * @param path null at step 0
 * @param checkpoint content of the checkpoint; null at step 0
 */
public record Resumption(Path path, Checkpoint checkpoint) {
    private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

    private static final Resumption FROM_THE_START = new Resumption(null, null);

    /**
     * Finds the checkpoint that the configuration asks for.
     *
     * @throws RefusedException if the output holds something else, or the checkpoint is damaged or of a run with
     *     another result
     */
    static Resumption of(RunPlan plan, RunFolder folder, Configuration hadoop) throws IOException {
        RunConfig config = plan.config();
        Resumption found = FROM_THE_START;
        if (config.resumesLatest()) {
            found = latest(plan, folder);
        } else if (config.resumes()) {
            found = read(plan, new Path(config.resume()), hadoop);
        }
        if (!found.isWithin(folder)) {
            folder.checkFree(config.overwrite() || (config.resumesLatest() && found.path() == null));
        }
        return found;
    }

    private static Resumption latest(RunPlan plan, RunFolder folder) throws IOException {
        if (folder.holdsRun()) {
            RunConfig written = ConfigFiles.ofText(folder.readConfiguration()).toRunConfig();
            checkSameResult(plan, written, folder.toString());
        }
        CheckpointFolder checkpoints = folder.checkpoints();
        List<Path> newestFirst = checkpoints.newestFirst();
        for (Path path : newestFirst) {
            Checkpoint checkpoint;
            try {
                checkpoint = checkpoints.read(path, plan.network(), plan.optimizerArrays());
            } catch (RefusedException | IOException e) {
                LOG.warn("{} is passed over: {}", path.getName(), e.getMessage());
                continue;
            }
            return new Resumption(path, checkpoint).checked(plan);
        }
        if (!newestFirst.isEmpty()) {
            throw new RefusedException(
                    "no checkpoint of " + folder + " is whole", "start the run again with overwrite=true");
        }
        return FROM_THE_START;
    }

    private static Resumption read(RunPlan plan, Path path, Configuration hadoop) throws IOException {
        CheckpointFolder checkpoints = new CheckpointFolder(AtomicFiles.of(path, hadoop), path.getParent());
        Checkpoint.Facts facts = checkpoints.readFacts(path);
        checkSameResult(plan, ConfigFiles.ofText(facts.configuration()).toRunConfig(), path.toString());
        return new Resumption(path, checkpoints.read(path, plan.network(), plan.optimizerArrays())).checked(plan);
    }

    private static void checkSameResult(RunPlan plan, RunConfig written, String where) {
        RunConfig now = plan.config();
        List<String> differences = ConfigDifferences.affectingResult(written, now);
        if (!differences.isEmpty()) {
            throw new RefusedException(
                    where + " is of a run with another result: " + String.join("; ", differences),
                    "give the keys their old values, or name another output");
        }
        long stepsPerEpoch = plan.settings().plan().stepsPerEpoch();
        boolean isAnotherEnd = written.totalSteps(stepsPerEpoch) != plan.totalSteps();
        if (isAnotherEnd && now.learningRate().schedule() == LearningRateConfig.Schedule.COSINE) {
            throw new RefusedException(
                    where + " is of a run of " + written.totalSteps(stepsPerEpoch) + " steps, this one has "
                            + plan.totalSteps() + ", on which learning-rate.schedule = cosine depends",
                    "give steps or epochs their old value, or name another output");
        }
    }

    private Resumption checked(RunPlan plan) {
        if (step() > plan.totalSteps()) {
            throw new RefusedException(
                    path + " is of step " + step() + ", the run ends with step " + plan.totalSteps(),
                    "raise steps or epochs, or name another checkpoint");
        }
        return this;
    }

    /** Returns the number of updates made before. */
    long step() {
        return checkpoint == null ? 0 : checkpoint.facts().step();
    }

    /** Whether the run continues in the folder that holds its checkpoint. */
    boolean isWithin(RunFolder folder) {
        return path != null && RunFolder.runOf(path).equals(folder.path());
    }

    /** Whether the output holds the result of exactly this run, so that nothing is left to do. */
    boolean isFinished(RunPlan plan, RunFolder folder) throws IOException {
        String text = folder.readResult();
        if (!isWithin(folder) || text == null) {
            return false;
        }
        Map<String, Object> result = JsonLines.read(text);
        if (Boolean.TRUE.equals(result.get(LogFields.STOPPED_EARLY))) {
            RunConfig written = ConfigFiles.ofText(folder.readConfiguration()).toRunConfig();
            return written.earlyStopping().equals(plan.config().earlyStopping());
        }
        return result.get(LogFields.STEPS) instanceof Number steps && steps.longValue() == plan.totalSteps();
    }

    /** Returns the name of the BLAS with which the checkpoint was made; null at step 0. */
    public String blas() {
        return checkpoint == null ? null : checkpoint.facts().software().get(LogFields.BLAS);
    }

    /** @throws RefusedException if the number of training examples is not that of the checkpoint */
    void checkExamples(RunPlan plan) {
        long now = plan.settings().plan().examples();
        if (checkpoint != null && checkpoint.facts().trainingExamples() != now) {
            throw new RefusedException(
                    path + " was made with " + checkpoint.facts().trainingExamples() + " training examples, there are "
                            + now + " now",
                    "give the data as they were");
        }
    }

    /** Prints where the run begins, and warns of software that differs from that of the checkpoint. */
    void print(RunConfig config, Map<String, String> software, PrintStream out) {
        if (checkpoint != null) {
            out.printf("going on from %s, step %d%n", path, step());
            software.forEach((name, now) -> {
                String before = checkpoint.facts().software().get(name);
                if (!now.equals(before)) {
                    LOG.warn("{} is {}, the checkpoint was made with {}: the bits may differ", name, now, before);
                }
            });
        } else if (config.resumes()) {
            out.println("no checkpoint to go on from: the run starts at step 0");
        }
    }
}
