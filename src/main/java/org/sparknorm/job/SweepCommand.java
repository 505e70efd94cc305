package org.sparknorm.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code sweep CONF key=v1,v2 ... [output=FOLDER] [trials=N] [beside=K] [draw-seed=1]} makes a run for each combination
 * of values, all in one Spark application.
 */
@Command(
        name = "sweep",
        description = {
            "Trains a network for each combination of the values given, and compares them. A sweep that was stopped goes on",
            "where it was; runs that are finished are not repeated."
        },
        footerHeading = "%nArguments:%n",
        footer = {
            "  key=v1,v2      values of a key; a run for each combination",
            "  key=low..high  numbers that are drawn evenly, with trials; key=low..high:log: with an even logarithm",
            "  output=FOLDER  of the folders of the runs, the table and the report (runs/NAME-sweep)",
            "  trials=N       number of combinations that are drawn, all different (all there are)",
            "  draw-seed=N    of the draw (1)",
            "  beside=K       so many runs at the same time, each with its share of the slots (1)"
        })
final class SweepCommand implements Callable<Integer> {
    static final String OUTPUT = "output";
    private static final String TRIALS = "trials";
    private static final String BESIDE = "beside";
    private static final String DRAW_SEED = "draw-seed";
    /** The keys that belong to the command and not to CONF. */
    static final Set<String> OWN_KEYS = Set.of(OUTPUT, TRIALS, BESIDE, DRAW_SEED);

    @Mixin
    private ConfParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given = CommandArguments.split(parameters.arguments(), OWN_KEYS);
        int trials = given.own().containsKey(TRIALS) ? given.number(TRIALS, 1) : 0;
        SweepPlan plan = SweepPlan.of(given.assignments(), trials, given.number(DRAW_SEED, 1));
        int atOnce = Math.min(given.number(BESIDE, 1), plan.runs().size());
        String folder = given.own().getOrDefault(OUTPUT, defaultOutput(parameters.conf()));
        Path output = new Path(AbsolutePaths.of(OUTPUT, folder, hadoop));
        Map<String, PreparedRun> runs = prepare(plan, output, atOnce, hadoop);
        Map<String, String> failures = train(runs, "sparknorm sweep " + output.getName(), atOnce);
        new SweepTable(output, hadoop).write(plan.runs(), failures);
        if (failures.isEmpty()) {
            return ExitCode.SUCCESS;
        }
        Map.Entry<String, String> first = failures.entrySet().iterator().next();
        System.err.println("error: " + failures.size() + " of " + runs.size() + " runs did not finish, "
                + first.getKey() + ": " + first.getValue() + "; run the sweep again to try them again");
        return ExitCode.FAILED;
    }

    static String defaultOutput(String conf) {
        return "runs/" + ConfArgument.name(conf) + "-sweep";
    }

    /** Prepares all runs, so that what can be refused without Spark is refused before the first run begins. */
    private Map<String, PreparedRun> prepare(SweepPlan plan, Path output, int atOnce, Configuration hadoop)
            throws IOException {
        Map<String, PreparedRun> runs = new LinkedHashMap<>();
        for (SweepPlan.Run run : plan.runs()) {
            List<String> keys = new ArrayList<>(plan.fixed());
            keys.addAll(run.assignments());
            keys.addAll(List.of("output=" + new Path(output, run.name()), "resume=latest", "overwrite=false"));
            PreparedRun prepared = PreparedRun.of(parameters.conf(), keys, hadoop);
            MemoryNeed.checkThisProcess(prepared.plan(), atOnce);
            runs.put(run.name(), prepared);
        }
        return runs;
    }

    private static Map<String, String> train(Map<String, PreparedRun> runs, String application, int atOnce)
            throws Exception {
        PreparedRun first = runs.values().iterator().next();
        long weightBytes = runs.values().stream()
                .mapToLong(run -> run.plan().weightBytes())
                .max()
                .orElseThrow();
        try (JavaSparkContext spark = SparkStart.context(application, weightBytes)) {
            ClusterResources resources =
                    SparkStart.resources(spark, first.config(), first.from().blas());
            if (atOnce > resources.slots()) {
                throw new RefusedException(
                        "beside = " + atOnce + " runs need a slot each, and there are " + resources.slots(),
                        "lower beside, or give the application more cores");
            }
            return new SweepRuns(spark, resources, atOnce).train(runs);
        }
    }
}
