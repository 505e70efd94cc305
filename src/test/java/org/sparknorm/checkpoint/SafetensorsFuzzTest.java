package org.sparknorm.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** Reads fuzzed safetensors files as the tensors of a model. */
class SafetensorsFuzzTest {
    /**
     * A number of the header, a digit and a comma, becomes a node of Jackson's; data are in memory three times at most.
     */
    private static final long BYTES_PER_BYTE = 100;

    private final Network network = Models.build(
            ConfigFiles.ofText("steps = 1, model.hidden = [3]").toRunConfig().model(), Shape.of(4), 5, Blas.none());

    static Stream<Arguments> files() throws IOException {
        ModelTensors state = new ModelTensors(new float[100], new float[6], 3);
        Network network = new SafetensorsFuzzTest().network;
        return Mutations.of(
                written(state.entries(network)),
                written(List.of(Safetensors.Entry.of("a", Shape.of(2, 0), new float[0]), Safetensors.Entry.of("b", 7))),
                file("{\"__metadata__\": {\"format\": \"pt\"}, \"a\": {\"dtype\": \"F32\", \"shape\": [1],"
                        + " \"data_offsets\": [0, 4]}}"),
                file("{\"a\": {\"dtype\": \"F32\", \"shape\": [16384, 16384], \"data_offsets\": [0, 1073741824]}}"),
                file("{\"a\": {\"dtype\": \"F16\\n\", \"shape\": [1], \"data_offsets\": [0, 4]}}"),
                file("[".repeat(2_000)),
                file("{\"a\":".repeat(2_000)));
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreReadOrRefused(byte[] file) {
        Reading.succeedsOrRefuses(
                BYTES_PER_BYTE * file.length,
                () -> ModelTensors.of(
                        network, Safetensors.read(new ByteArrayInputStream(file), file.length, "m"), "m"));
    }

    private static byte[] written(List<Safetensors.Entry> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Safetensors.write(out, entries);
        return out.toByteArray();
    }

    /** A file with that header and four bytes of data. */
    private static byte[] file(String header) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + json.length + Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }
}
