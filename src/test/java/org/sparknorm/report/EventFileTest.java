package org.sparknorm.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Event files have the expected bytes; {@code src/test/python/tensorboard_events.py} reads those of a run with
 * TensorBoard's reader.
 */
@Tag("unit")
class EventFileTest {
    private static byte[] file() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EventFile file = new EventFile(out, 1.5)) {
            file.scalar("train/loss", 300, 2.5, 0.125);
        }
        return out.toByteArray();
    }

    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = (int) crc.getValue();
        return ((value >>> 15) | (value << 17)) + 0xa282ead8;
    }

    @Test
    void recordsHaveTheirLengthsAndSums() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(file()).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> records = new ArrayList<>();
        while (file.hasRemaining()) {
            byte[] length = new byte[8];
            file.get(length);
            assertThat(file.getInt()).isEqualTo(masked(length));
            byte[] record = new byte
                    [ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt()];
            file.get(record);
            assertThat(file.getInt()).isEqualTo(masked(record));
            records.add(record);
        }
        assertThat(records).hasSize(2);
        assertThat(new String(records.get(0), StandardCharsets.US_ASCII)).endsWith("brain.Event:2");
    }

    @Test
    void scalarIsAnEventWithOneValue() throws IOException {
        byte[] file = file();
        ByteBuffer event = ByteBuffer.wrap(file, file.length - 33 - 4, 33).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(event.get()).as("wall time").isEqualTo((byte) 0x09);
        assertThat(event.getDouble()).isEqualTo(2.5);
        assertThat(event.get()).as("step").isEqualTo((byte) 0x10);
        assertThat((event.get() & 0x7f) | (event.get() << 7)).isEqualTo(300);
        assertThat(event.get()).as("summary").isEqualTo((byte) 0x2a);
        assertThat(event.get()).isEqualTo((byte) 19);
        assertThat(event.get()).as("value").isEqualTo((byte) 0x0a);
        assertThat(event.get()).isEqualTo((byte) 17);
        assertThat(event.get()).as("tag").isEqualTo((byte) 0x0a);
        assertThat(event.get()).isEqualTo((byte) 10);
        byte[] tag = new byte[10];
        event.get(tag);
        assertThat(new String(tag, StandardCharsets.US_ASCII)).isEqualTo("train/loss");
        assertThat(event.get()).as("simple value").isEqualTo((byte) 0x15);
        assertThat(event.getFloat()).isEqualTo(0.125f);
    }

    @Test
    void histogramIsAValueOfFiveNumbersAndTwoLists() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Histogram histogram = new Histogram();
        histogram.add(1);
        histogram.add(-2);
        Map<String, Object> numbers = histogram.toMap();
        try (EventFile file = new EventFile(out, 1.5)) {
            file.histogram("w", 1, 2.5, numbers);
        }
        int buckets = ((List<?>) numbers.get("counts")).size();
        int listBytes = 8 * buckets;
        // Tags and lengths of lists of more than 15 numbers take three bytes.
        int histogramBytes = 5 * 9 + 2 * (3 + listBytes);
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray(), out.size() - histogramBytes - 4, histogramBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (String member : List.of("min", "max", "count", "sum", "sumOfSquares")) {
            assertThat(bytes.get() & 7).as("fixed 64 bits").isEqualTo(1);
            assertThat(bytes.getDouble()).as(member).isEqualTo(numbers.get(member));
        }
        for (String member : List.of("edges", "counts")) {
            assertThat(bytes.get() & 7).as("bytes").isEqualTo(2);
            assertThat((bytes.get() & 0x7f) | (bytes.get() << 7)).isEqualTo(listBytes);
            for (Object each : (List<?>) numbers.get(member)) {
                assertThat(bytes.getDouble()).isEqualTo(each);
            }
        }
        assertThat(bytes.hasRemaining()).isFalse();
    }
}
