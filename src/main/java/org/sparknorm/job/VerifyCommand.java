package org.sparknorm.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.source.FirstExamples;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code verify CONF [key=value ...]} checks what Sparknorm promises on the user's own data and cluster. It writes
 * nothing but a temporary checkpoint.
 */
@Command(
        name = "verify",
        description = {
            "Checks what Sparknorm promises on your data and your cluster: a few steps give the same bits in many",
            "partitions and in few, on Spark and without it, resumed and straight through, and the gradient is that of",
            "the loss. The exit code is 1 if a promise is broken."
        },
        footerHeading = "%nArguments:%n",
        footer = "  steps=N  that are compared (4), whatever CONF says")
final class VerifyCommand implements Callable<Integer> {
    /** The keys that belong to the command and not to CONF. */
    static final Set<String> OWN_KEYS = Set.of(VerifyCommand.STEPS);

    private static final String STEPS = "steps";
    private static final int DEFAULT_STEPS = 4;
    private static final int DIRECTIONS = 5;
    /** The largest relative error of a gradient in float32 that passes the comparison with differences of losses. */
    private static final double LARGEST_ERROR = 0.01;

    @Mixin
    private ConfParameters parameters;

    private final UnaryOperator<Workers> workersOfEachRun;
    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    VerifyCommand() {
        this(UnaryOperator.identity());
    }

    /** @param workersOfEachRun see {@link VerifiedRun} */
    VerifyCommand(UnaryOperator<Workers> workersOfEachRun) {
        this.workersOfEachRun = workersOfEachRun;
    }

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments own = CommandArguments.split(parameters.arguments(), OWN_KEYS);
        int steps = own.number(STEPS, DEFAULT_STEPS);
        if (steps < 2) {
            throw new RefusedException("steps = " + steps + " leaves nothing to resume", "give 2 or more");
        }
        List<String> keys = new ArrayList<>(own.assignments());
        keys.addAll(List.of("steps=" + steps, "resume=none", "early-stopping.evaluations=0"));
        RunConfig config = ConfArgument.resolve(parameters.conf(), keys, hadoop).toRunConfig();
        RunPlan all = RunPlan.of(config, hadoop);
        RunPlan plan = RunPlan.of(config, new FirstExamples(all.training(), count(all, steps)), null);
        MemoryNeed.checkThisProcess(plan, 1);
        try (JavaSparkContext spark = SparkStart.context("sparknorm verify", plan.weightBytes())) {
            ClusterResources resources = SparkStart.resources(spark, config, null);
            System.out.printf(
                    "verify: %d steps of %d examples, of the first %d of %s%n",
                    steps,
                    config.batchSize(),
                    plan.training().description().count(),
                    plan.training().name());
            VerifiedRun run = new VerifiedRun(plan, spark, resources, workersOfEachRun);
            compare(run);
        }
        return report();
    }

    private int report() {
        ReportPage page = new ReportPage("verify");
        page.table("What was compared", List.of("", "values", "differing", "largest difference", "at most", ""), rows);
        System.out.print(page.text());
        if (broken.isEmpty()) {
            return ExitCode.SUCCESS;
        }
        System.err.println("error: " + String.join("; ", broken)
                + "; do not trust results of this cluster, and report this table");
        return ExitCode.FAILED;
    }

    /** Returns a number of examples with which an epoch ends within the steps, if possible with an uneven batch. */
    private static int count(RunPlan all, int steps) {
        RunConfig config = all.config();
        int batch = config.batchSize();
        boolean uneven = config.model().normSynchronized() && config.data().lastBatch() == DataConfig.LastBatch.KEEP;
        long wanted = (long) batch * ((steps + 1) / 2) + (uneven ? batch / 2 + 1 : 0);
        return (int) Math.min(all.training().description().count(), wanted);
    }

    private void compare(VerifiedRun run) throws IOException {
        int most = run.resources().partitions();
        String blas = run.resources().blas();
        TrainingState straight = run.inPartitions(most);
        if (most == 1) {
            String why = whyOnePartition(run.plan().config(), run.resources().slots());
            System.out.println(why + ": other numbers of partitions are not compared");
        }
        for (int partitions : new int[] {1, 3}) { // three often have unequal shares and never join in pairs
            if (partitions < most) {
                bits(most + " partitions and " + partitions, straight, run.inPartitions(partitions));
            }
        }
        if (BlasLibrary.available().names().contains(blas)) {
            bits("Spark and threads without it", straight, run.onThreads());
        } else {
            System.out.printf("the driver's machine cannot run %s: threads without Spark are not compared%n", blas);
        }
        bits("straight through and resumed", straight, run.resumed(most));
        gradient(run.gradientErrors(most, straight, DIRECTIONS));
    }

    private static String whyOnePartition(RunConfig config, int slots) {
        if (slots == 1) {
            return "there is only one slot";
        }
        return config.slices() == 1 ? "slices = 1 leaves one partition" : "partitions = 1 is set";
    }

    private void bits(String what, TrainingState left, TrainingState right) {
        StateDifference difference = StateDifference.of(left, right);
        boolean equal = difference.differing() == 0;
        rows.add(List.of(
                what,
                String.format(Locale.ROOT, "%,d", difference.values()),
                String.format(Locale.ROOT, "%,d", difference.differing()),
                text(difference.largest()),
                "0",
                verdict(equal)));
        if (!equal) {
            broken.add(what + " give other bits");
        }
    }

    private void gradient(double[] errors) {
        double largest = Arrays.stream(errors).max().orElseThrow();
        boolean close = largest <= LARGEST_ERROR; // false for NaN
        rows.add(List.of(
                "gradient and central differences",
                errors.length + " directions",
                "",
                text(largest),
                text(LARGEST_ERROR),
                verdict(close)));
        if (!close) {
            broken.add("the gradient is not that of the loss");
        }
    }

    private static String text(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
    }

    private static String verdict(boolean good) {
        return good ? "as promised" : "BROKEN";
    }
}
