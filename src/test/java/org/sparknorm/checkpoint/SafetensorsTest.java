package org.sparknorm.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.tensor.Shape;

/** Files are written as other readers of safetensors expect them. */
@Tag("unit")
class SafetensorsTest {
    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        byte[] file = SafetensorsFile.written();
        Map<String, Safetensors.Entry> read = SafetensorsFile.read(file);
        assertThat(read).hasSize(SafetensorsFile.ENTRIES.size());
        for (Safetensors.Entry entry : SafetensorsFile.ENTRIES) {
            Safetensors.Entry same = read.get(entry.name());
            assertThat(same.name()).isEqualTo(entry.name());
            assertThat(same.shape()).isEqualTo(entry.shape());
            assertThat(same.floats()).isEqualTo(entry.floats());
            assertThat(same.longs()).isEqualTo(entry.longs());
        }
    }

    @Test
    void tensorsAreReadInTheOrderOfTheirData() throws IOException {
        String json = """
            {"second": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]},
             "first": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}\
            """;
        assertThat(SafetensorsFile.read(SafetensorsFile.file(json, 8)).keySet()).containsExactly("first", "second");
    }

    @Test
    void theHeaderIsPaddedWithBlanksToAMultipleOfEight() throws IOException {
        byte[] file = SafetensorsFile.written();
        int length = (int) SafetensorsFile.headerLength(file);
        assertThat(length % 8).isZero();
        String header = new String(file, 8, length, StandardCharsets.UTF_8);
        assertThat(header).startsWith("{");
        assertThat(header.stripTrailing()).endsWith("}").hasSizeGreaterThan(header.length() - 8);
    }

    @Test
    void theDataFollowInTheOrderGivenWithoutGaps() throws IOException {
        JsonNode header = header(SafetensorsFile.written());
        List<String> names = new ArrayList<>();
        long end = 0;
        for (Map.Entry<String, JsonNode> tensor : header.properties()) {
            names.add(tensor.getKey());
            JsonNode offsets = tensor.getValue().get("data_offsets");
            assertThat(offsets.get(0).asLong()).as(tensor.getKey()).isEqualTo(end);
            end = offsets.get(1).asLong();
        }
        assertThat(names)
                .containsExactlyElementsOf(SafetensorsFile.ENTRIES.stream()
                        .map(Safetensors.Entry::name)
                        .toList());
        assertThat(end).isEqualTo(SafetensorsFile.DATA_BYTES);
    }

    @Test
    void theFileEndsWithItsData() throws IOException {
        byte[] file = SafetensorsFile.written();
        assertThat(file.length).isEqualTo(8 + SafetensorsFile.headerLength(file) + SafetensorsFile.DATA_BYTES);
    }

    @Test
    void aCounterIsOneWholeNumberOfShapeNothing() throws IOException {
        JsonNode counter = header(SafetensorsFile.written()).get("bn1.num_batches_tracked");
        assertThat(counter.get("dtype").asText()).isEqualTo("I64");
        assertThat(counter.get("shape").isArray()).isTrue();
        assertThat(counter.get("shape").size()).isZero();
        int offset = counter.get("data_offsets").get(0).asInt();
        assertThat(data(SafetensorsFile.written()).getLong(offset)).isEqualTo(1L << 40);
    }

    @Test
    void floatsAreLittleEndianInTheShapeGiven() throws IOException {
        JsonNode weight = header(SafetensorsFile.written()).get("fc1.weight");
        assertThat(weight.get("dtype").asText()).isEqualTo("F32");
        assertThat(weight.get("shape")).hasToString("[2,3]");
        ByteBuffer data = data(SafetensorsFile.written());
        assertThat(data.getFloat(4)).isEqualTo(-2f);
        assertThat(data.getFloat(8)).isEqualTo(3.5f);
    }

    @Test
    void theHashIsThatOfTheDataOfTheFile() throws Exception {
        byte[] file = SafetensorsFile.written();
        byte[] data = Arrays.copyOfRange(file, file.length - SafetensorsFile.DATA_BYTES, file.length);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(data);
        assertThat(Safetensors.sha256(SafetensorsFile.ENTRIES))
                .isEqualTo(HexFormat.of().formatHex(digest));
    }

    @Test
    void theHashOfOneTensorIsThatOfItsBytes() {
        // printf '\x00\x00\x80\x3f' | sha256sum
        assertThat(Safetensors.sha256(List.of(Safetensors.Entry.of("one", Shape.of(1), new float[] {1}))))
                .isEqualTo("e00e5eb9444182f352323374ef4e08ebcb784725fdd4fd612d7730540b3e0c8c");
    }

    @Test
    void theStreamIsLeftOpen() throws IOException {
        boolean[] closed = {false};
        ByteArrayOutputStream stream = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        Safetensors.write(stream, SafetensorsFile.ENTRIES);
        assertThat(closed[0]).isFalse();
    }

    @Test
    void metadataOfOtherWritersAreNoTensor() throws IOException {
        String json = """
            {"__metadata__": {"format": "pt"},
             "a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}\
            """;
        assertThat(SafetensorsFile.read(SafetensorsFile.file(json, 4)).keySet()).containsExactly("a");
    }

    @Test
    void aFileWithoutTensorsIsWhole() throws IOException {
        assertThat(SafetensorsFile.read(SafetensorsFile.file("{}", 0))).isEmpty();
    }

    private static JsonNode header(byte[] file) throws IOException {
        return new ObjectMapper().readTree(file, 8, (int) SafetensorsFile.headerLength(file));
    }

    private static ByteBuffer data(byte[] file) {
        int start = 8 + (int) SafetensorsFile.headerLength(file);
        return ByteBuffer.wrap(file, start, file.length - start).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}
