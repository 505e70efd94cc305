package org.sparknorm.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes a file of scalars and histograms for TensorBoard. It consists of records of TensorFlow (length and bytes, each
 * with its masked CRC-32C), each of which is a protocol buffer {@code Event}. Only the stream buffers.
 */
public final class EventFile implements AutoCloseable {
    private static final String VERSION = "brain.Event:2";
    /** The field numbers of {@code event.proto} and {@code summary.proto}. */
    private static final int EVENT_WALL_TIME = 1;

    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_HISTOGRAM = 5;
    /** The fields {@code min max num sum sum_squares} have the numbers 1 to 5. */
    private static final List<String> HISTOGRAM_NUMBERS =
            List.of(Histogram.MIN, Histogram.MAX, Histogram.COUNT, Histogram.SUM, Histogram.SUM_OF_SQUARES);

    private static final int HISTOGRAM_EDGES = 6;
    private static final int HISTOGRAM_COUNTS = 7;

    private static final int CRC_MASK = 0xa282ead8;

    private final OutputStream out;

    /** @param seconds time of the beginning, since 1970 */
    public EventFile(OutputStream out, double seconds) {
        this.out = out;
        ProtoMessage event = new ProtoMessage().put(EVENT_WALL_TIME, seconds).put(EVENT_FILE_VERSION, VERSION);
        write(event.bytes());
    }

    /**
     * Appends a value.
     *
     * @param seconds since 1970
     */
    public void scalar(String tag, long step, double seconds, double value) {
        value(step, seconds, new ProtoMessage().put(VALUE_TAG, tag).put(VALUE_SIMPLE, (float) value));
    }

    /**
     * Appends a histogram.
     *
     * @param histogram see {@link Histogram#toMap}
     */
    public void histogram(String tag, long step, double seconds, Map<String, Object> histogram) {
        ProtoMessage message = new ProtoMessage();
        for (int i = 0; i < HISTOGRAM_NUMBERS.size(); i++) {
            message.put(i + 1, number(histogram.get(HISTOGRAM_NUMBERS.get(i))));
        }
        message.put(HISTOGRAM_EDGES, packed(histogram.get(Histogram.EDGES)));
        message.put(HISTOGRAM_COUNTS, packed(histogram.get(Histogram.COUNTS)));
        value(step, seconds, new ProtoMessage().put(VALUE_TAG, tag).put(VALUE_HISTOGRAM, message));
    }

    private static byte[] packed(Object numbers) {
        List<?> list = (List<?>) numbers;
        byte[] bytes = new byte[Double.BYTES * list.size()];
        ByteBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        list.forEach(each -> target.putDouble(number(each)));
        return bytes;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    private void value(long step, double seconds, ProtoMessage value) {
        ProtoMessage summary = new ProtoMessage().put(SUMMARY_VALUE, value);
        write(new ProtoMessage()
                .put(EVENT_WALL_TIME, seconds)
                .put(EVENT_STEP, step)
                .put(EVENT_SUMMARY, summary)
                .bytes());
    }

    private void write(byte[] event) {
        byte[] length =
                ProtoMessage.littleEndian(Long.BYTES).putLong(event.length).array();
        try {
            out.write(length);
            out.write(ProtoMessage.littleEndian(Integer.BYTES)
                    .putInt(masked(length))
                    .array());
            out.write(event);
            out.write(ProtoMessage.littleEndian(Integer.BYTES)
                    .putInt(masked(event))
                    .array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Masks a CRC as TensorFlow does, because CRCs of data that contain CRCs are problematic. */
    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
    }

    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
