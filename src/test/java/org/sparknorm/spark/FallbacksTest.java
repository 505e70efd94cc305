package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The first lines of a job say what is slower than it could be, where, why, and what to do. */
@Tag("unit")
class FallbacksTest {
    private static final String NATIVE = "OpenBLAS Haswell";
    private static final Fallbacks FAST = new Fallbacks("", "");
    private static final Fallbacks NO_VECTORS =
            new Fallbacks("", "the JVM was started without --add-modules=jdk.incubator.vector");
    private static final Fallbacks NO_NATIVE = new Fallbacks("the CPU has no AVX2", "");

    @Test
    void nothingIsSaidOfTheFastestImplementations() {
        assertThat(Fallbacks.lines(NATIVE, FAST, List.of(FAST, FAST))).isEmpty();
        assertThat(Fallbacks.lines(NATIVE, null, List.of(FAST))).isEmpty();
    }

    @Test
    void theTestsThemselvesRunWithoutFallbacks() {
        assertThat(Fallbacks.here(NATIVE)).isEqualTo(FAST);
    }

    @Test
    void blasInJavaIsNamedWithTheReasonOfATaskThatHasOne() {
        assertThat(Fallbacks.lines("Java VectorBLAS", FAST, List.of(FAST, NO_NATIVE)))
                .containsExactly(
                        "no native BLAS, Java VectorBLAS is several times slower: the CPU has no AVX2. Use Linux"
                                + " on x86-64 with AVX2 or on arm64, with glibc 2.34 or newer, and a temporary folder in which"
                                + " libraries may be loaded");
        assertThat(Fallbacks.lines("Java VectorBLAS", null, List.of(FAST)).get(0))
                .contains("is several times slower; the log says why. Use");
    }

    @Test
    void missingVectorsOfALocalRunAreTheDrivers() {
        assertThat(Fallbacks.lines(NATIVE, null, List.of(NO_VECTORS, NO_VECTORS)))
                .containsExactly(
                        "no vector instructions, norms and convolutions are slower, with the same bits: the JVM"
                                + " was started without --add-modules=jdk.incubator.vector. Use a full JDK, and pass"
                                + " --driver-java-options --add-modules=jdk.incubator.vector");
    }

    @Test
    void missingVectorsOfAClusterAreCountedAndToldApartFromTheDrivers() {
        assertThat(Fallbacks.lines(NATIVE, FAST, List.of(FAST, NO_VECTORS, FAST)))
                .containsExactly(
                        "no vector instructions in 1 of 3 tasks, norms and convolutions are slower, with the same"
                                + " bits: the JVM was started without --add-modules=jdk.incubator.vector. Use a full JDK, and pass"
                                + " --conf spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector");
        assertThat(Fallbacks.lines(NATIVE, NO_VECTORS, List.of(FAST)))
                .containsExactly(
                        "no vector instructions on the driver, norms and convolutions are slower, with the same"
                                + " bits: the JVM was started without --add-modules=jdk.incubator.vector. Use a full JDK, and pass"
                                + " --driver-java-options --add-modules=jdk.incubator.vector");
    }
}
