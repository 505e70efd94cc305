package org.sparknorm.data;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import org.sparknorm.config.RefusedException;

/**
 * Reads the rows of a CSV file of texts in UTF-8: a label and a text with a comma between them. A field with commas,
 * line breaks or quotation marks stands in {@code "}, with its quotation marks doubled. A first row {@code label,text}
 * is a heading. Empty lines are ignored. For one thread.
 */
public final class TextRows {
    private static final String[] HEADING = {"label", "text"};
    /** A longer field is taken for a quotation mark that was never closed. */
    private static final int LONGEST_FIELD = 1 << 20;

    private static final int MOST_FIELDS = 512;

    private final CsvParser parser;
    private final String file;
    private final boolean labelMayBeAbsent;
    private final QuoteCount quotes;
    private long number;
    private Row next;

    /** Counts the quotation marks in what is read: a file whose fields are all closed has an even number. */
    private static final class QuoteCount extends FilterInputStream {
        private long count;

        QuoteCount(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value == '"' ? 1 : 0;
            return value;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            for (int i = from; i < from + read; i++) {
                count += bytes[i] == '"' ? 1 : 0;
            }
            return read;
        }
    }

    /**
     * A row of the file.
     *
     * @param number number of the row from 1 on, with a heading counted
     * @param label label; null where there is none
     */
    public record Row(long number, String label, String text) {
        /** Returns the text as the network sees it: its bytes in UTF-8, cut at the length or filled with zeros. */
        public byte[] tokens(int length) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            byte[] tokens = new byte[length];
            System.arraycopy(bytes, 0, tokens, 0, Math.min(bytes.length, length));
            return tokens;
        }
    }

    /**
     * Reads the heading, if there is one.
     *
     * @param file name of the file, for messages
     * @param labelMayBeAbsent whether a row of one field is a text without a label
     */
    public TextRows(InputStream in, String file, boolean labelMayBeAbsent) {
        CsvParserSettings settings = new CsvParserSettings();
        settings.setLineSeparatorDetectionEnabled(true);
        settings.setIgnoreLeadingWhitespaces(false);
        settings.setIgnoreTrailingWhitespaces(false);
        settings.setNullValue("");
        settings.setEmptyValue("");
        settings.setMaxCharsPerColumn(LONGEST_FIELD);
        settings.setMaxColumns(MOST_FIELDS);
        settings.getFormat().setComment('\0');
        settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
        settings.setReadInputOnSeparateThread(false);
        this.parser = new CsvParser(settings);
        this.file = file;
        this.labelMayBeAbsent = labelMayBeAbsent;
        this.quotes = new QuoteCount(in);
        try {
            parser.beginParsing(quotes, StandardCharsets.UTF_8);
        } catch (TextParsingException e) {
            throw failed(e);
        }
        next = read();
    }

    public boolean hasNext() {
        return next != null;
    }

    /** @throws RefusedException if what follows is no row of a label and a text; the message names file and row */
    public Row next() {
        if (next == null) {
            throw new NoSuchElementException();
        }
        Row row = next;
        next = read();
        if (next == null && quotes.count % 2 == 1 && row.text().indexOf('\n') >= 0) {
            throw new RefusedException(
                    "row " + row.number() + " of " + file + " has a quotation mark that is never closed",
                    "close it, or double it where it is part of the text");
        }
        return row;
    }

    private Row read() {
        String[] fields = fields();
        if (fields != null && number == 1 && isHeading(fields)) {
            fields = fields();
        }
        if (fields == null) {
            return null;
        }
        if (fields.length == 1 && labelMayBeAbsent) {
            return row(null, fields[0]);
        }
        if (fields.length != HEADING.length) {
            throw refused(
                    "has " + fields.length + " fields", "write label,text with \" around a text that holds commas");
        }
        String label = fields[0].strip();
        if (label.isEmpty()) {
            throw refused("has no label", "write label,text");
        }
        return row(label, fields[1]);
    }

    private Row row(String label, String text) {
        if (text.isEmpty()) {
            throw refused("has an empty text", "leave the row out");
        }
        if (text.indexOf('\0') >= 0) {
            throw refused("has a text with a zero byte, which stands for padding", "take it out");
        }
        return new Row(number, label, text);
    }

    private String[] fields() {
        try {
            String[] fields = parser.parseNext();
            number++;
            return fields;
        } catch (TextParsingException e) {
            number++;
            throw failed(e);
        }
    }

    /** Unwraps a failure of the file system, which the parser reports as a failure of the file. */
    private RuntimeException failed(TextParsingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException failure) {
                return new UncheckedIOException(failure);
            }
        }
        return refused(
                "cannot be read: it has a quotation mark within a quoted text, more than " + LONGEST_FIELD
                        + " characters in a field, or more than " + MOST_FIELDS + " fields",
                "double quotation marks within a text, and look for one that is not closed");
    }

    private boolean isHeading(String[] fields) {
        if (labelMayBeAbsent && fields.length == 1) {
            return fields[0].strip().equalsIgnoreCase(HEADING[1]);
        }
        return fields.length == HEADING.length
                && fields[0].strip().equalsIgnoreCase(HEADING[0])
                && fields[1].strip().equalsIgnoreCase(HEADING[1]);
    }

    private RefusedException refused(String what, String cure) {
        return new RefusedException("row " + number + " of " + file + " " + what, cure);
    }
}
