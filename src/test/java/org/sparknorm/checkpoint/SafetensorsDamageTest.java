package org.sparknorm.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.Reading;
import org.sparknorm.config.RefusedException;

/** Nothing damaged is read. */
@Tag("unit")
class SafetensorsDamageTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aFileShorterThanItsFirstNumberIsRefused(int length) throws IOException {
        assertDamaged(Arrays.copyOf(SafetensorsFile.written(), length), "it has " + length + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 40, 200})
    void aFileThatEndsInItsHeaderIsRefused(int length) throws IOException {
        byte[] whole = SafetensorsFile.written();
        assertDamaged(
                Arrays.copyOf(whole, length), "its header claims " + SafetensorsFile.headerLength(whole) + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, SafetensorsFile.DATA_BYTES})
    void aFileThatEndsInItsDataIsRefused(int missing) throws IOException {
        byte[] whole = SafetensorsFile.written();
        assertDamaged(Arrays.copyOf(whole, whole.length - missing), "does not fit");
    }

    @Test
    void aStreamShorterThanItsFileIsRefused() throws IOException {
        byte[] whole = SafetensorsFile.written();
        byte[] truncated = Arrays.copyOf(whole, whole.length - 1);
        assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(truncated), whole.length, "m.safetensors"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("m.safetensors is no whole safetensors file: it ends too early; give another file");
    }

    @Test
    void bytesBehindTheDataAreRefused() throws IOException {
        byte[] whole = SafetensorsFile.written();
        assertDamaged(Arrays.copyOf(whole, whole.length + 3), "it has 3 bytes too many");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 0, 1, 1_000, 100_000_001, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE})
    void anAbsurdLengthOfTheHeaderIsRefused(long claimed) throws IOException {
        byte[] file = SafetensorsFile.written();
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed);
        assertDamaged(file, "its header claims " + claimed + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"this is no JSON", "{\"a\": ", "{\"a\" 1}"})
    void aHeaderThatIsNoJsonIsRefused(String header) {
        assertDamaged(SafetensorsFile.file(header, 4), "its header is no JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1, 2]", "17", "\"text\"", "    "})
    void aHeaderThatIsNoJsonObjectIsRefused(String header) {
        assertDamaged(SafetensorsFile.file(header, 4), "its header is no JSON object");
    }

    @Test
    void aHeaderNestedWithoutEndIsRefused() {
        assertDamaged(SafetensorsFile.file("[".repeat(1_000_000), 4), "its header is no JSON");
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
        assertThatThrownBy(() -> SafetensorsFile.read(SafetensorsFile.file(json, 12)))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("m.safetensors is no whole safetensors file: the place of ")
                .hasMessageContaining("does not fit");
    }

    @Test
    void aTensorThatIsNoObjectIsRefused() {
        assertDamaged(SafetensorsFile.file("{\"a\": 5}", 4), "the place of a does not fit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16", "F64", "I32", "BOOL", "", "f32"})
    void aTensorOfAnotherTypeIsRefusedByName(String type) {
        String json = "{\"a\": {\"dtype\": \"" + type + "\", \"shape\": [1], \"data_offsets\": [0, 4]}}";
        assertThatThrownBy(() -> SafetensorsFile.read(SafetensorsFile.file(json, 4)))
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
        byte[] file = SafetensorsFile.file(
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [268435455], \"data_offsets\": [0, 1073741820]}}", 4);
        Reading.succeedsOrRefuses(10L * file.length, () -> SafetensorsFile.read(file));
        assertDamaged(file, "the place of a does not fit");
    }

    private static byte[] tensor(String shape) {
        return SafetensorsFile.file(
                "{\"a\": {\"dtype\": \"F32\", \"shape\": " + shape + ", \"data_offsets\": [0, 8]}}", 8);
    }

    private static void assertDamaged(byte[] file, String how) {
        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("m.safetensors is no whole safetensors file: ")
                .hasMessageContaining(how)
                .hasMessageEndingWith("; give another file");
    }
}
