package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.tensor.BlasLibrary;

/** One BLAS and core type for all participants, agreed before any arithmetic: others would give other bits. */
public final class BlasAgreement {
    private static final Logger LOG = LoggerFactory.getLogger(BlasAgreement.class);

    private BlasAgreement() {}

    /**
     * Asks that many tasks, run at the same time, what their machines can load, and has them load the best that all can.
     *
     * @param preferred taken if all can load it, for the sake of bits that are there already; null for the best
     * @return the name agreed on
     */
    public static String reach(JavaSparkContext spark, int partitions, String preferred) {
        if (preferred != null && isEverywhere(spark, partitions, preferred)) {
            return preferred;
        }
        JavaRDD<Integer> tasks = tasks(spark, partitions);
        List<BlasLibrary.Available> participants = new ArrayList<>(
                BarrierStage.map(tasks, task -> BlasLibrary.available()).collect());
        while (true) {
            String name = BlasLibrary.choose(participants);
            try {
                BarrierStage.map(tasks, task -> BlasLibrary.load(name).name()).collect();
                warnIfSlow(name, participants);
                return name;
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                participants = without(name, participants);
                if (participants.get(0).names().isEmpty()) {
                    throw e;
                }
                LOG.warn("BLAS {} cannot be loaded everywhere, trying the next: {}", name, e.getMessage());
            }
        }
    }

    /** Whether that many tasks, run at the same time, can load it. */
    static boolean isEverywhere(JavaSparkContext spark, int partitions, String name) {
        try {
            BarrierStage.map(
                            tasks(spark, partitions),
                            task -> BlasLibrary.load(name).name())
                    .collect();
            return true;
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            LOG.warn("BLAS {} cannot be loaded everywhere: {}", name, e.getMessage());
            return false;
        }
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

    private static void warnIfSlow(String name, List<BlasLibrary.Available> participants) {
        if (BlasLibrary.isNative(name)) {
            return;
        }
        String why = participants.stream()
                .map(BlasLibrary.Available::whyNoNative)
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .orElse("see above");
        LOG.warn(
                "no native BLAS, running {} several times slower: {}. Use Linux on x86-64 with AVX2 or on arm64, with"
                        + " glibc 2.34 or newer, and a temporary folder in which libraries may be loaded.",
                name,
                why);
    }
}
