package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.config.RunConfig;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;
import org.sparknorm.testing.ScriptRun;

/** Every norm gives the same bits in any number of partitions, with dropout, and for texts with padding. */
class NormBitsTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(8);

    private static final int[] PARTITIONS = {1, 3, 8};

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeTexts() throws Exception {
        ScriptRun.of("sample-text", folder.resolve("texts"), "--texts", "59", "--validation", "1")
                .assertSucceeded();
    }

    static Stream<String> norms() {
        return Stream.of(
                "norm = batch",
                "norm = batch, norm-synchronized = false",
                "norm = batch, norm-per-activation = true",
                "norm = layer",
                "norm = group, groups = 8",
                "norm = instance",
                "norm = switchable",
                "norm = switchable, norm-synchronized = false",
                "norm = none");
    }

    private static void assertPartitionsDoNotShow(String run) {
        String first = null;
        for (int partitions : PARTITIONS) {
            RunConfig config = Runs.config(run + "\npartitions = " + partitions);
            String found = Runs.sha256OnSpark(SPARK.context(), config);
            first = first == null ? found : first;
            assertThat(found).as("%d partitions", partitions).isEqualTo(first);
        }
    }

    /** The last batch of an epoch has 19 examples, two or three a slice. */
    @ParameterizedTest
    @MethodSource("norms")
    void convolutionalNetwork(String norm) {
        assertPartitionsDoNotShow("""
            model { name = cnn, dropout = 0.3, %s }
            data { examples = 59, validation-examples = 0 }
            batch-size = 40, slices = 8, steps = 5, optimizer.momentum = 0.9
            """.formatted(norm));
    }

    static Stream<String> normsOfSequences() {
        return norms().filter(norm -> !norm.contains("per-activation"));
    }

    @ParameterizedTest
    @MethodSource("normsOfSequences")
    void transformerOfTexts(String norm) {
        assertPartitionsDoNotShow(
                """
                model { name = transformer, embedding = 16, heads = 2, dropout = 0.3, %s }
                data { format = text, size = 64, train = "%s" }
                batch-size = 40, slices = 8, steps = 5, optimizer.momentum = 0.9
                """.formatted(norm.replace("groups = 8", "groups = 4"), folder.resolve("texts/train.csv")));
    }

    @Test
    void transformerOfImages() {
        assertPartitionsDoNotShow("""
            model { name = transformer, embedding = 16, heads = 2, dropout = 0.3 }
            data { examples = 59, validation-examples = 0 }
            batch-size = 40, slices = 8, steps = 5, optimizer.momentum = 0.9
            """);
    }

    /** Steps draw other values to drop, and so does another seed. */
    @Test
    void dropoutDependsOnTheSeedAlone() {
        String run = """
            model { name = mlp, dropout = 0.5 }
            data { examples = 59, validation-examples = 0, shuffle = false }
            batch-size = 40, slices = 8, partitions = 2, steps = 3
            """;
        String dropped = Runs.sha256OnSpark(SPARK.context(), Runs.config(run));
        assertThat(dropped).isEqualTo(Runs.sha256OnSpark(SPARK.context(), Runs.config(run)));
        assertThat(dropped).isNotEqualTo(Runs.sha256OnSpark(SPARK.context(), Runs.config(run + "model.dropout = 0")));
    }
}
