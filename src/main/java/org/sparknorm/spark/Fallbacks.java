package org.sparknorm.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.Implementations;

/**
 * Why a process computes with something slower than the native BLAS and the kernels with vectors.
 *
 * @param whyNoNative empty where the native BLAS is used
 * @param whyNoVectors empty where vectors are used
 */
record Fallbacks(String whyNoNative, String whyNoVectors) implements Serializable {
    /** The fall-backs of this process, in which the BLAS of that name is loaded. */
    static Fallbacks here(String blas) {
        String whyNoNative =
                BlasLibrary.isNative(blas) ? "" : BlasLibrary.available().whyNoNative();
        return new Fallbacks(whyNoNative, Implementations.whyNoVectors());
    }

    /**
     * Makes the lines that tell a user what is slower, why, and what to do; none where nothing is.
     *
     * @param blas the name that all tasks loaded
     * @param driver null where the driver is the process that the tasks run in
     */
    static List<String> lines(String blas, Fallbacks driver, List<Fallbacks> tasks) {
        List<String> lines = new ArrayList<>();
        if (!BlasLibrary.isNative(blas)) {
            String why = reason(tasks.stream().map(Fallbacks::whyNoNative));
            lines.add("no native BLAS, " + blas + " is several times slower"
                    + (why.isEmpty() ? "; the log says why" : ": " + why)
                    + ". Use Linux on x86-64 with AVX2 or on arm64, with glibc 2.34 or newer, and a temporary folder in"
                    + " which libraries may be loaded");
        }
        long slow =
                tasks.stream().filter(task -> !task.whyNoVectors().isEmpty()).count();
        if (driver == null && slow > 0) {
            lines.add(vectors("", tasks, "--driver-java-options "));
        } else if (slow > 0) {
            lines.add(vectors(
                    " in " + slow + " of " + tasks.size() + " tasks",
                    tasks,
                    "--conf spark.executor.extraJavaOptions="));
        }
        if (driver != null && !driver.whyNoVectors().isEmpty()) {
            lines.add(vectors(" on the driver", List.of(driver), "--driver-java-options "));
        }
        return lines;
    }

    private static String vectors(String where, List<Fallbacks> processes, String option) {
        return "no vector instructions" + where + ", norms and convolutions are slower, with the same bits: "
                + reason(processes.stream().map(Fallbacks::whyNoVectors)) + ". Use a full JDK, and pass " + option
                + Implementations.OPTION;
    }

    private static String reason(Stream<String> reasons) {
        return reasons.filter(why -> !why.isEmpty()).findFirst().orElse("");
    }
}
