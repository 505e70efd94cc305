package org.sparknorm.job;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.FirstLine;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.TrainingRun;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkStoppedException;
import org.sparknorm.train.InterruptedRunException;

/** Makes the runs of a sweep, one after another or several at the same time, each on its share of the slots. */
final class SweepRuns {
    private final JavaSparkContext spark;
    private final ClusterResources resources;
    private final int atOnce;
    /** The reasons why runs did not finish, by name. */
    private final Map<String, String> failures = new TreeMap<>();

    /** @param atOnce how many runs are made at the same time */
    SweepRuns(JavaSparkContext spark, ClusterResources resources, int atOnce) {
        this.spark = spark;
        this.resources = resources;
        this.atOnce = atOnce;
    }

    /**
     * @param runs runs by name, in the order in which they begin
     * @return the reasons why runs did not finish, by name
     */
    Map<String, String> train(Map<String, PreparedRun> runs) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        try {
            List<Future<?>> started = new ArrayList<>();
            runs.forEach((name, run) -> {
                String title = "run " + (started.size() + 1) + " of " + runs.size() + ", " + name;
                started.add(threads.submit(() -> {
                    train(name, title, run);
                    return null;
                }));
            });
            for (Future<?> run : started) {
                run.get();
            }
            return failures;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }

    private void train(String name, String title, PreparedRun whole) throws Exception {
        boolean isAlone = atOnce == 1;
        PreparedRun run = isAlone ? whole : whole.withPartitions(share(whole.config()));
        if (run.isFinished()) {
            System.out.println(title + ": is finished");
            return;
        }
        System.out.println(title);
        PrintStream out =
                isAlone ? System.out : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            new TrainingRun(run, run.state(spark.hadoopConfiguration()), out, isAlone)
                    .go(spark, resources.with(run.config()));
        } catch (InterruptedRunException | SparkStoppedException e) {
            throw e; // the other runs could not continue either
        } catch (Exception e) { // Spark throws checked exceptions that it does not declare
            String why = FirstLine.of(e);
            synchronized (failures) {
                failures.put(name, why);
            }
            System.out.println(title + ": " + why);
            return;
        }
        System.out.println(title + ": finished");
    }

    /** Returns the partitions that the user has set, otherwise an equal share of the slots. */
    private int share(RunConfig config) {
        int slots = resources.slots() / atOnce;
        int partitions = config.partitions().or(Math.min(slots, config.slices()));
        if (partitions > slots) {
            throw new RefusedException(
                    "partitions = " + partitions + " of " + atOnce + " runs are more than " + resources.slots()
                            + " slots",
                    "lower partitions or beside, or give the application more cores");
        }
        return partitions;
    }
}
