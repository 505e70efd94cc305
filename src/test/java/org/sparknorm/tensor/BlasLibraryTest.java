package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.tensor.BlasLibrary.Available;

/** Which BLAS a run takes, and that a process keeps to it. */
@Tag("unit")
class BlasLibraryTest {
    private static final Available NEW_MACHINE =
            new Available(List.of("OpenBLAS SkylakeX", "OpenBLAS Haswell", "Java VectorBLAS"), "");
    private static final Available OLD_MACHINE = new Available(List.of("OpenBLAS Haswell", "Java VectorBLAS"), "");
    private static final Available BARE_MACHINE = new Available(List.of("Java VectorBLAS"), "the CPU has no AVX2");
    private static final Available STRANGE_MACHINE = new Available(List.of("Java Java11BLAS"), "no native library");

    @Test
    void amongEqualsTheBestIsChosen() {
        assertThat(BlasLibrary.choose(List.of(NEW_MACHINE, NEW_MACHINE))).isEqualTo("OpenBLAS SkylakeX");
    }

    @Test
    void theFirstNameThatAllHaveIsChosen() {
        assertThat(BlasLibrary.choose(List.of(NEW_MACHINE, OLD_MACHINE))).isEqualTo("OpenBLAS Haswell");
        assertThat(BlasLibrary.choose(List.of(OLD_MACHINE, NEW_MACHINE, BARE_MACHINE)))
                .isEqualTo("Java VectorBLAS");
    }

    @Test
    void nothingInCommonIsAnErrorThatNamesWhatThereIs() {
        assertThatThrownBy(() -> BlasLibrary.choose(List.of(NEW_MACHINE, STRANGE_MACHINE)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no BLAS in common")
                .hasMessageContaining("OpenBLAS SkylakeX")
                .hasMessageContaining("Java Java11BLAS");
    }

    @Test
    void theLastNameAvailableIsTheOneInJava() {
        List<String> names = BlasLibrary.available().names();
        assertThat(names).isNotEmpty().doesNotHaveDuplicates();
        assertThat(BlasLibrary.isNative(names.get(names.size() - 1))).isFalse();
    }

    @Test
    void thereIsAReasonWhereNoNativeOneIsAvailable() {
        Available available = BlasLibrary.available();
        boolean hasNative = available.names().stream().anyMatch(BlasLibrary::isNative);
        assertThat(available.whyNoNative().isEmpty()).isEqualTo(hasNative);
    }

    @Test
    void whatIsLoadedHasTheNameAskedFor() {
        for (String name : BlasTest.loadableNames()) {
            assertThat(BlasLibrary.load(name).name()).isEqualTo(name);
        }
    }

    @Test
    void loadingTheSameNameAgainGivesTheSameOne() {
        String name = BlasTest.loadableNames().get(0);
        assertThat(BlasLibrary.load(name)).isSameAs(BlasLibrary.load(name));
    }

    @Test
    void aSecondCoreTypeInOneProcessIsRefused() {
        String best = BlasTest.loadableNames().get(0);
        assumeThat(BlasLibrary.isNative(best)).isTrue();
        BlasLibrary.load(best);
        assertThatThrownBy(() -> BlasLibrary.load("OpenBLAS Nehalem"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this process runs BLAS " + best + ", the run needs OpenBLAS Nehalem");
    }

    @Test
    void anUnknownNameIsRefused() {
        assertThatThrownBy(() -> BlasLibrary.load("Java Nothing"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("the run needs Java Nothing");
    }
}
