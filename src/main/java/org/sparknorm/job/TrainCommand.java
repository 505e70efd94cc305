package org.sparknorm.job;

import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainingRun;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code train CONF [key=value ...]} makes a run. */
@Command(name = "train", description = "Trains a network and writes the run to its output folder.")
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private ConfParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        PreparedRun run = PreparedRun.of(parameters.conf(), parameters.arguments(), hadoop);
        if (run.isFinished()) {
            System.out.printf(
                    "the run in %s is finished: %d steps%n",
                    run.folder(), run.plan().totalSteps());
            return 0;
        }
        MemoryNeed.checkThisProcess(run.plan(), 1);
        TrainingState state = run.state(hadoop);
        String name = ConfArgument.name(run.folder().toString());
        try (JavaSparkContext spark =
                SparkStart.context("sparknorm train " + name, run.plan().weightBytes())) {
            ClusterResources resources =
                    SparkStart.resources(spark, run.config(), run.from().blas());
            new TrainingRun(run, state, System.out, true).go(spark, resources);
        }
        return 0;
    }
}
