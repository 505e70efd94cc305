package org.sparknorm.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;

/**
 * Asks on the wire. Java's serialization would name and look up the classes of an object and of all within it in every ask,
 * which takes longer than most sums; an array of bytes it takes as it is.
 */
final class AskBytes {
    private static final int WEIGHTS = 0;
    private static final int STATISTICS = 1;
    private static final int GRADIENTS = 2;
    private static final int HEAD_BYTES = 64;

    private AskBytes() {}

    /** Of a message of any other kind, the message. */
    static Serializable of(Serializable message) {
        try {
            if (message instanceof WeightsAsk ask) {
                return bytes(WEIGHTS, ask.attempt(), 0, out -> {});
            }
            if (message instanceof StatisticsAsk ask) {
                return bytes(
                        STATISTICS,
                        ask.attempt(),
                        ask.part().bytes() + ask.name().length(),
                        out -> {
                            out.writeUTF(ask.name());
                            ask.part().write(out);
                        });
            }
            if (message instanceof GradientAsk ask) {
                return bytes(GRADIENTS, ask.attempt(), ask.part().bytes(), out -> {
                    out.writeLong(ask.step());
                    ask.part().write(out);
                });
            }
            return message;
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
    }

    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(int kind, StatisticsAsk.Try attempt, int size, Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEAD_BYTES + size);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(kind);
        out.writeLong(attempt.step());
        out.writeInt(attempt.number());
        content.write(out);
        return bytes.toByteArray();
    }

    /** The ask that these were made of. */
    static Object read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int kind = in.readByte();
            StatisticsAsk.Try attempt = new StatisticsAsk.Try(in.readLong(), in.readInt());
            return switch (kind) {
                case WEIGHTS -> new WeightsAsk(attempt);
                case STATISTICS -> new StatisticsAsk(attempt, in.readUTF(), TreeSum.read(in));
                case GRADIENTS -> new GradientAsk(attempt, in.readLong(), GradientSum.read(in));
                default -> throw new IllegalArgumentException("an ask of kind " + kind);
            };
        } catch (IOException e) {
            throw new UncheckedIOException("an ask is cut short", e);
        }
    }
}
