package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.tensor.BlasLibrary;

/**
 * The one BLAS and core type that all participants use, agreed on before any arithmetic: others would give other bits.
 *
 * @param blas its name
 * @param fallbacks lines that say what is slower than it could be, and why; empty where nothing is
 */
public record BlasAgreement(String blas, List<String> fallbacks) {
    private static final Logger LOG = LoggerFactory.getLogger(BlasAgreement.class);

    /**
     * Asks that many tasks, run at the same time, what their machines can load, and has them load the best that all
     * can.
     *
     * @param preferred taken if all can load it, for the sake of bits that are there already; null for the best
     */
    public static BlasAgreement reach(JavaSparkContext spark, int partitions, String preferred) {
        if (preferred != null) {
            Optional<BlasAgreement> kept = everywhere(spark, partitions, preferred);
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        JavaRDD<Integer> tasks = tasks(spark, partitions);
        List<BlasLibrary.Available> participants = new ArrayList<>(
                BarrierStage.map(tasks, task -> BlasLibrary.available()).collect());
        while (true) {
            String name = BlasLibrary.choose(participants);
            try {
                return load(spark, tasks, name);
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                participants = without(name, participants);
                if (participants.get(0).names().isEmpty()) {
                    throw e;
                }
                LOG.warn("BLAS {} cannot be loaded everywhere, trying the next: {}", name, e.getMessage());
            }
        }
    }

    /** Loads it in that many tasks, run at the same time; empty where one of them cannot. */
    private static Optional<BlasAgreement> everywhere(JavaSparkContext spark, int partitions, String name) {
        try {
            return Optional.of(load(spark, tasks(spark, partitions), name));
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            LOG.warn("BLAS {} cannot be loaded everywhere: {}", name, e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether that many tasks, run at the same time, can load it. */
    static boolean isEverywhere(JavaSparkContext spark, int partitions, String name) {
        return everywhere(spark, partitions, name).isPresent();
    }

    private static BlasAgreement load(JavaSparkContext spark, JavaRDD<Integer> tasks, String name) {
        List<Fallbacks> ofTasks = BarrierStage.map(
                        tasks, task -> Fallbacks.here(BlasLibrary.load(name).name()))
                .collect();
        Fallbacks driver = spark.isLocal() ? null : Fallbacks.here(name);
        return new BlasAgreement(name, Fallbacks.lines(name, driver, ofTasks));
    }

    private static JavaRDD<Integer> tasks(JavaSparkContext spark, int partitions) {
        spark.setJobDescription("agree on a BLAS");
        return spark.parallelize(Collections.nCopies(partitions, 0), partitions);
    }

    private static List<BlasLibrary.Available> without(String name, List<BlasLibrary.Available> participants) {
        return participants.stream()
                .map(participant -> new BlasLibrary.Available(
                        participant.names().stream()
                                .filter(other -> !other.equals(name))
                                .toList(),
                        participant.whyNoNative()))
                .toList();
    }
}
