package org.sparknorm.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.Reading;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.Shape;

/** Files are written as other readers of safetensors expect them, and nothing damaged is read. */
@Tag("unit")
class SafetensorsTest {
    private static final List<Safetensors.Entry> ENTRIES = List.of(
            Safetensors.Entry.of("fc1.weight", Shape.of(2, 3), new float[] {1, -2, 3.5f, 0, Float.MIN_VALUE, 6}),
            Safetensors.Entry.of("bn1.running_mean", Shape.of(1), new float[] {Float.NEGATIVE_INFINITY}),
            Safetensors.Entry.of("bn1.num_batches_tracked", 1L << 40),
            Safetensors.Entry.of("ä.bias", Shape.of(0), new float[0]),
            Safetensors.Entry.of("fc2.weight", Shape.of(1, 1), new float[] {7}));
    private static final int DATA_BYTES = 6 * 4 + 4 + 8 + 4;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        byte[] file = written();
        Map<String, Safetensors.Entry> read = read(file);
        assertThat(read).hasSize(ENTRIES.size());
        for (Safetensors.Entry entry : ENTRIES) {
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
        assertThat(read(file(json, 8)).keySet()).containsExactly("first", "second");
    }

    @Test
    void theHeaderIsPaddedWithBlanksToAMultipleOfEight() throws IOException {
        byte[] file = written();
        int length = (int) headerLength(file);
        assertThat(length % 8).isZero();
        String header = new String(file, 8, length, StandardCharsets.UTF_8);
        assertThat(header).startsWith("{");
        assertThat(header.stripTrailing()).endsWith("}").hasSizeGreaterThan(header.length() - 8);
    }

    @Test
    void theDataFollowInTheOrderGivenWithoutGaps() throws IOException {
        JsonNode header = header(written());
        List<String> names = new ArrayList<>();
        long end = 0;
        for (Map.Entry<String, JsonNode> tensor : header.properties()) {
            names.add(tensor.getKey());
            JsonNode offsets = tensor.getValue().get("data_offsets");
            assertThat(offsets.get(0).asLong()).as(tensor.getKey()).isEqualTo(end);
            end = offsets.get(1).asLong();
        }
        assertThat(names)
                .containsExactlyElementsOf(
                        ENTRIES.stream().map(Safetensors.Entry::name).toList());
        assertThat(end).isEqualTo(DATA_BYTES);
    }

    @Test
    void theFileEndsWithItsData() throws IOException {
        byte[] file = written();
        assertThat(file.length).isEqualTo(8 + headerLength(file) + DATA_BYTES);
    }

    @Test
    void aCounterIsOneWholeNumberOfShapeNothing() throws IOException {
        JsonNode counter = header(written()).get("bn1.num_batches_tracked");
        assertThat(counter.get("dtype").asText()).isEqualTo("I64");
        assertThat(counter.get("shape").isArray()).isTrue();
        assertThat(counter.get("shape").size()).isZero();
        int offset = counter.get("data_offsets").get(0).asInt();
        assertThat(data(written()).getLong(offset)).isEqualTo(1L << 40);
    }

    @Test
    void floatsAreLittleEndianInTheShapeGiven() throws IOException {
        JsonNode weight = header(written()).get("fc1.weight");
        assertThat(weight.get("dtype").asText()).isEqualTo("F32");
        assertThat(weight.get("shape")).hasToString("[2,3]");
        ByteBuffer data = data(written());
        assertThat(data.getFloat(4)).isEqualTo(-2f);
        assertThat(data.getFloat(8)).isEqualTo(3.5f);
    }

    @Test
    void theHashIsThatOfTheDataOfTheFile() throws Exception {
        byte[] file = written();
        byte[] data = Arrays.copyOfRange(file, file.length - DATA_BYTES, file.length);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(data);
        assertThat(Safetensors.sha256(ENTRIES)).isEqualTo(HexFormat.of().formatHex(digest));
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
        Safetensors.write(stream, ENTRIES);
        assertThat(closed[0]).isFalse();
    }

    @Test
    void metadataOfOtherWritersAreNoTensor() throws IOException {
        String json = """
            {"__metadata__": {"format": "pt"},
             "a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}\
            """;
        assertThat(read(file(json, 4)).keySet()).containsExactly("a");
    }

    @Test
    void aFileWithoutTensorsIsWhole() throws IOException {
        assertThat(read(file("{}", 0))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aFileShorterThanItsFirstNumberIsRefused(int length) throws IOException {
        assertDamaged(Arrays.copyOf(written(), length), "it has " + length + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 40, 200})
    void aFileThatEndsInItsHeaderIsRefused(int length) throws IOException {
        byte[] whole = written();
        assertDamaged(Arrays.copyOf(whole, length), "its header claims " + headerLength(whole) + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, DATA_BYTES})
    void aFileThatEndsInItsDataIsRefused(int missing) throws IOException {
        byte[] whole = written();
        assertDamaged(Arrays.copyOf(whole, whole.length - missing), "does not fit");
    }

    @Test
    void aStreamShorterThanItsFileIsRefused() throws IOException {
        byte[] whole = written();
        byte[] truncated = Arrays.copyOf(whole, whole.length - 1);
        assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(truncated), whole.length, "m.safetensors"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("m.safetensors is no whole safetensors file: it ends too early; give another file");
    }

    @Test
    void bytesBehindTheDataAreRefused() throws IOException {
        byte[] whole = written();
        assertDamaged(Arrays.copyOf(whole, whole.length + 3), "it has 3 bytes too many");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 0, 1, 1_000, 100_000_001, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE})
    void anAbsurdLengthOfTheHeaderIsRefused(long claimed) throws IOException {
        byte[] file = written();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed);
        assertDamaged(file, "its header claims " + claimed + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"this is no JSON", "{\"a\": ", "{\"a\" 1}"})
    void aHeaderThatIsNoJsonIsRefused(String header) {
        assertDamaged(file(header, 4), "its header is no JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2]", "17", "\"text\"", "    "})
    void aHeaderThatIsNoJsonObjectIsRefused(String header) {
        assertDamaged(file(header, 4), "its header is no JSON object");
    }

    @Test
    void aHeaderNestedWithoutEndIsRefused() {
        assertDamaged(file("[".repeat(1_000_000), 4), "its header is no JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // a at 0..8, b:
                "[4, 12]", // overlaps a
                "[12, 16]", // leaves a gap
                "[8, 4]", // ends before it begins
                "[8, 100]", // ends after the file
                "[-8, 12]",
                "[8]",
                "8",
                "[\"x\", \"y\"]",
                "[8, 9223372036854775807]",
                "[8, 1e300]"
            })
    void dataThatOverlapOrLeaveTheFileAreRefused(String offsets) {
        String json = "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
                + " \"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": " + offsets + "}}";
        assertThatThrownBy(() -> read(file(json, 12)))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("m.safetensors is no whole safetensors file: the place of ")
                .hasMessageContaining("does not fit");
    }

    @Test
    void aTensorThatIsNoObjectIsRefused() {
        assertDamaged(file("{\"a\": 5}", 4), "the place of a does not fit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16", "F64", "I32", "BOOL", "", "f32"})
    void aTensorOfAnotherTypeIsRefusedByName(String type) {
        String json = "{\"a\": {\"dtype\": \"" + type + "\", \"shape\": [1], \"data_offsets\": [0, 4]}}";
        assertThatThrownBy(() -> read(file(json, 4)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("a in m.safetensors is of type " + type + "; write it as F32 (counters as I64)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[3]", "[2, 2]", "[0]", "[]"})
    void aShapeOfAnotherSizeThanItsDataIsRefused(String shape) {
        assertDamaged(tensor(shape), "a of shape " + shape + " has 8 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[-1]",
                "[-1,-2]",
                "[3000000000]",
                "[2147483647]",
                "[65536,65536]",
                "[1073741824,1073741824,1073741824]",
                "[\"x\"]",
                "[null]"
            })
    void anImpossibleShapeIsRefused(String shape) {
        assertDamaged(tensor(shape), "the shape " + shape + " of a is impossible");
    }

    @Test
    void aTensorLargerThanItsFileIsNotAllocated() {
        byte[] file =
                file("{\"a\": {\"dtype\": \"F32\", \"shape\": [268435455], \"data_offsets\": [0, 1073741820]}}", 4);
        Reading.succeedsOrRefuses(10L * file.length, () -> read(file));
        assertDamaged(file, "the place of a does not fit");
    }

    private static byte[] tensor(String shape) {
        return file("{\"a\": {\"dtype\": \"F32\", \"shape\": " + shape + ", \"data_offsets\": [0, 8]}}", 8);
    }

    private static void assertDamaged(byte[] file, String how) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("m.safetensors is no whole safetensors file: ")
                .hasMessageContaining(how)
                .hasMessageEndingWith("; give another file");
    }

    private static Map<String, Safetensors.Entry> read(byte[] file) throws IOException {
        return Safetensors.read(new ByteArrayInputStream(file), file.length, "m.safetensors");
    }

    private static byte[] written() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Safetensors.write(out, ENTRIES);
        return out.toByteArray();
    }

    /** A file with that header and {@code bytes} zeros. */
    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static long headerLength(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static JsonNode header(byte[] file) throws IOException {
        return new ObjectMapper().readTree(file, 8, (int) headerLength(file));
    }

    private static ByteBuffer data(byte[] file) {
        int start = 8 + (int) headerLength(file);
        return ByteBuffer.wrap(file, start, file.length - start).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}
