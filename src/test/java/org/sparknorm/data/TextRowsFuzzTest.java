package org.sparknorm.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** CSV files of labels and texts. The first byte of an input says whether labels may be absent. */
class TextRowsFuzzTest {
    /** The parser's buffers, whatever the length of the file. */
    private static final long BUFFERS = 64 << 20;

    /** Characters, bytes of a text, and its tokens. */
    private static final long BYTES_PER_BYTE = 1000;

    static Stream<Arguments> files() {
        return Mutations.of(
                bytes("\0label,text\n0,one\n1,\"two, \"\"2\"\"\nlines\"\n"),
                bytes("\1alone\nlabel,text\r\n\r\n"),
                bytes("\0\uFEFFgood,é\nbad,\"never closed"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreReadOrRefused(byte[] input) {
        boolean labelMayBeAbsent = input.length > 0 && input[0] != 0;
        int length = Math.max(0, input.length - 1);
        Reading.succeedsOrRefuses(BUFFERS + BYTES_PER_BYTE * length, () -> {
            TextRows rows = new TextRows(
                    new ByteArrayInputStream(input, input.length - length, length), "a.csv", labelMayBeAbsent);
            while (rows.hasNext()) {
                rows.next().tokens(4);
            }
        });
    }
}
