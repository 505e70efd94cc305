package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** Command {@code population}. */
class PopulationTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    @TempDir
    Path folder;

    private Path conf;
    private Path run;

    /** Nothing is learned, and running statistics are those of the last batch: the first 30 examples, then the others. */
    @BeforeEach
    void configuration() throws IOException {
        conf = Files.writeString(folder.resolve("small.conf"), """
                model { hidden = [6], norm-decay = 0 }
                data { examples = 50, validation-examples = 40, shuffle = false }
                batch-size = 30, slices = 4, learning-rate.initial = 0
                """);
        run = folder.resolve("run");
    }

    private Map<String, Safetensors.Entry> train(int steps, String... more) throws IOException {
        List<String> keys = new ArrayList<>(List.of("overwrite=true", "steps=" + steps));
        keys.addAll(List.of(more));
        Commands.Result result = Commands.train(conf, run, keys.toArray());
        assertThat(result.code()).as(result.err()).isZero();
        return tensors("model.safetensors");
    }

    private Map<String, Safetensors.Entry> tensors(String file) throws IOException {
        Path path = run.resolve(file);
        try (var in = Files.newInputStream(path)) {
            return Safetensors.read(in, Files.size(path), file);
        }
    }

    private String population(String... arguments) {
        Object[] words = new Object[2 + arguments.length];
        words[0] = "population";
        words[1] = run;
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        Commands.Result result = Commands.run(words);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    @ParameterizedTest
    @ValueSource(strings = {"norm=batch", "norm=switchable"})
    void meansAreWeightedByTheNumbersOfValues(String norm) throws IOException {
        Map<String, Safetensors.Entry> first = train(1, "model." + norm);
        Map<String, Safetensors.Entry> second = train(2, "model." + norm);
        population("batches=2");
        Map<String, Safetensors.Entry> found = tensors(RunFolder.POPULATION);
        assertThat(found.keySet()).isEqualTo(second.keySet());
        for (String name : new String[] {"bn1.running_mean", "bn1.running_var"}) {
            float[] values = found.get(name).floats();
            for (int i = 0; i < values.length; i++) {
                double expected = (30.0 * first.get(name).floats()[i]
                                + 20.0 * second.get(name).floats()[i])
                        / 50;
                assertThat((double) values[i]).isCloseTo(expected, within(1e-6 * (1 + Math.abs(expected))));
            }
        }
        assertThat(found.get("fc1.weight").floats())
                .isEqualTo(second.get("fc1.weight").floats());
    }

    @Test
    void threeEvaluationsArePrinted() throws IOException {
        train(2);
        String out = population("batches=1");
        assertThat(out).containsPattern("each batch's own +30 ");
        assertThat(out).containsPattern("running averages +40 ");
        assertThat(out).containsPattern("population +40 ");
        Commands.Result evaluated = Commands.run("evaluate", run, "statistics=population");
        String line = out.lines().reduce("", (before, next) -> next).replaceAll("^population +", "validation ");
        assertThat(evaluated.out().replaceAll(" +", " ")).contains(line.replaceAll(" +", " "));
    }

    @Test
    void whatHasNoneIsRefused() throws IOException {
        train(1, "model.norm=layer");
        assertThat(Commands.run("population", run).lastError()).contains("has a model without batch statistics; ");
        train(1);
        Commands.Result result = Commands.run("evaluate", run, "statistics=population");
        assertThat(result.lastError()).contains("has no population statistics; make them with the command population");
        assertThat(result.code()).isEqualTo(2);
        population("batches=1");
        assertThat(Commands.run("evaluate", run, "statistics=population", "weights=x")
                        .lastError())
                .contains("weights and statistics=population name two files of a model; give one of them");
        train(1);
        assertThat(run.resolve(RunFolder.POPULATION)).doesNotExist();
    }
}
