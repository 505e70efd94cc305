package org.sparknorm.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** Reads the text of state.json, damaged by a fuzzer. */
class StateFileFuzzTest {
    /** Each byte may become a node of Jackson's, which is written again for its sum. */
    private static final long BYTES_PER_BYTE = 200;

    static Stream<Arguments> texts() throws IOException {
        Checkpoint.Facts facts = new Checkpoint.Facts(3, 100, 0.5, Map.of("blas", "none"), "steps = 3");
        byte[] written = new StateFile(facts, Map.of("model.safetensors", new StateFile.Sum(8, "00"))).toJson();
        return Mutations.of(
                written,
                "{\"format\":1,\"step\":1e999,\"files\":[{}]}".getBytes(StandardCharsets.UTF_8),
                "{\"a\":".repeat(2_000).getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("texts")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void textsAreReadOrRefused(byte[] text) {
        Reading.succeedsOrRefuses(BYTES_PER_BYTE * text.length, () -> StateFile.of(text, "state.json"));
    }
}
