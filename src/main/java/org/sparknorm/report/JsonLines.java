package org.sparknorm.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes a log of JSON objects, one per line, with numbers in full precision. It buffers as its stream does. */
public final class JsonLines implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OutputStream out;

    public JsonLines(OutputStream out) {
        this.out = out;
    }

    /** Appends a record or map as a line. */
    public void write(Object value) {
        try {
            out.write((json(value) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a record or map as one JSON object. */
    public static String json(Object value) throws IOException {
        return JSON.writeValueAsString(value);
    }

    /** The members of a JSON object; empty if the text is not one, for example because the line was cut off. */
    public static Map<String, Object> read(String json) {
        try {
            return JSON.readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
