package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.config.RefusedException;

/** CSV files of labels and texts. */
@Tag("unit")
class TextRowsTest {
    private static List<TextRows.Row> rows(String csv, boolean labelMayBeAbsent) {
        ByteArrayInputStream in = new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8));
        TextRows rows = new TextRows(in, "a.csv", labelMayBeAbsent);
        List<TextRows.Row> all = new ArrayList<>();
        while (rows.hasNext()) {
            all.add(rows.next());
        }
        return all;
    }

    private static List<TextRows.Row> rows(String csv) {
        return rows(csv, false);
    }

    @Test
    void quotedTextsHoldCommasQuotesAndLineBreaks() {
        assertThat(rows("good,\"a, \"\"b\"\"\nc\"\nbad, d \n"))
                .containsExactly(new TextRows.Row(1, "good", "a, \"b\"\nc"), new TextRows.Row(2, "bad", " d "));
    }

    @Test
    void headingAndEmptyLinesAreNoRows() {
        assertThat(rows("Label,text\n\n0,one\n\n1,two"))
                .containsExactly(new TextRows.Row(2, "0", "one"), new TextRows.Row(3, "1", "two"));
    }

    @Test
    void byteOrderMarkAndCarriageReturnsAreNoText() {
        assertThat(rows("\uFEFFlabel,text\r\n0,one\r\n1,two\r\n"))
                .containsExactly(new TextRows.Row(2, "0", "one"), new TextRows.Row(3, "1", "two"));
    }

    @Test
    void fileWithoutRowsHasNone() {
        assertThat(rows("")).isEmpty();
        assertThat(rows("label,text\n")).isEmpty();
    }

    @Test
    void labelMayBeAbsentWhereNobodyNeedsIt() {
        assertThat(rows("one\n7,two\n", true))
                .containsExactly(new TextRows.Row(1, null, "one"), new TextRows.Row(2, "7", "two"));
    }

    @Test
    void headingOfTextsAloneIsNoRow() {
        assertThat(rows("text\none\n", true)).containsExactly(new TextRows.Row(2, null, "one"));
    }

    @Test
    void failureOfTheFileSystemIsNoMistakeOfTheFile() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                throw new IOException("connection reset");
            }
        };
        assertThatThrownBy(() -> new TextRows(broken, "a.csv", false))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("connection reset");
    }

    @Test
    void tokensAreBytesCutOrPadded() {
        TextRows.Row row = new TextRows.Row(1, "0", "né");
        assertThat(row.tokens(2)).containsExactly('n', 0xC3);
        assertThat(row.tokens(5)).containsExactly('n', 0xC3, 0xA9, 0, 0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0,ok/1,two,three | row 2 of a.csv has 3 fields; write label,text with " around a text that holds commas
            alone            | row 1 of a.csv has 1 fields; write label,text with " around a text that holds commas
            0,ok/ ,text      | row 2 of a.csv has no label; write label,text
            0,ok/1,          | row 2 of a.csv has an empty text; leave the row out
            """)
    void rowThatIsNone(String lines, String error) {
        assertThatThrownBy(() -> rows(lines.replace('/', '\n')))
                .isInstanceOf(RefusedException.class)
                .hasMessage(error);
    }

    @Test
    void zeroByteStandsForPadding() {
        assertThatThrownBy(() -> rows("0,a\0b\n"))
                .hasMessage("row 1 of a.csv has a text with a zero byte, which stands for padding; take it out");
    }

    @Test
    void quotationMarkThatIsNeverClosed() {
        String long2 = "x".repeat(1 << 21);
        assertThatThrownBy(() -> rows("0,ok\n1,\"" + long2))
                .hasMessageStartingWith("row 2 of a.csv cannot be read: it has a quotation mark within a quoted text, ")
                .hasMessageEndingWith("and look for one that is not closed");
        assertThatThrownBy(() -> rows("0,ok\n1,\"two\n1,three\n"))
                .hasMessageStartingWith("row 2 of a.csv has a quotation mark that is never closed; ");
        assertThatThrownBy(() -> rows("0,\"one\n1,\"two\"\n")).hasMessageStartingWith("row 1 of a.csv cannot be read");
        assertThatThrownBy(() -> rows("0" + ",".repeat(1000))).hasMessageStartingWith("row 1 of a.csv cannot be read");
    }
}
