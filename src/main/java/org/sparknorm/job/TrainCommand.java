package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.HeapLayout;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.RunConfiguration;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainingRun;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code train CONF [key=value ...]}: a run. */
@Command(name = "train", description = "Trains a network and writes the run to its output folder.")
final class TrainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Keys that replace those of CONF.")
    private List<String> assignments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        PreparedRun run = PreparedRun.of(conf, assignments, hadoop);
        if (run.isFinished()) {
            System.out.printf(
                    "the run in %s is finished: %d steps%n",
                    run.folder(), run.preparation().totalSteps());
            return 0;
        }
        new MemoryNeed(run.preparation(), HeapLayout.ofThisProcess())
                .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory());
        TrainingState state = run.state(hadoop);
        RunConfig config = run.configuration().run();
        long weightBytes = run.preparation().weightBytes();
        String name = RunConfiguration.name(run.folder().toString());
        try (JavaSparkContext spark = SparkStart.context("sparknorm train " + name, weightBytes)) {
            ClusterResources placement =
                    ClusterResources.of(spark, config, run.from().blas());
            placement.print(config);
            new TrainingRun(run, state, System.out, true).go(spark, placement);
        }
        return 0;
    }
}
