package org.sparknorm.data.image;

import java.io.Serializable;
import org.sparknorm.config.ChannelValues;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;

/**
 * Turns bytes of pixels into the values that a network sees. The value of a byte is byte/255 or, when binarized, 1 from
 * 128 on and 0 below; it becomes (value − mean)/deviation per channel. Channels are innermost.
 */
public final class PixelReader implements Serializable {
    private static final int BYTE_VALUES = 256;
    private static final double LARGEST_BYTE = 255;
    private static final int BINARY_THRESHOLD = 128;

    private final int channels;
    /** The value of byte b in channel c at {@code c * 256 + b}. */
    private final float[] table;

    /** @throws RefusedException if the configuration gives means or deviations for another number of channels */
    public PixelReader(DataConfig config, int channels) {
        check("data.mean", config.mean(), channels);
        check("data.deviation", config.deviation(), channels);
        this.channels = channels;
        this.table = new float[channels * BYTE_VALUES];
        for (int channel = 0; channel < channels; channel++) {
            double mean = config.mean().isNone() ? 0 : config.mean().of(channel);
            double deviation =
                    config.deviation().isNone() ? 1 : config.deviation().of(channel);
            for (int value = 0; value < BYTE_VALUES; value++) {
                double unit = config.binarize() ? (value >= BINARY_THRESHOLD ? 1 : 0) : value / LARGEST_BYTE;
                table[channel * BYTE_VALUES + value] = (float) ((unit - mean) / deviation);
            }
        }
    }

    private PixelReader(float[] table) {
        this.channels = 1;
        this.table = table;
    }

    /** Makes a reader for texts, for which the value of a byte is the byte. */
    public static PixelReader ofTokens() {
        float[] table = new float[BYTE_VALUES];
        for (int value = 0; value < BYTE_VALUES; value++) {
            table[value] = value;
        }
        return new PixelReader(table);
    }

    private static void check(String key, ChannelValues values, int channels) {
        int given = values.values().size();
        if (given > 1 && given != channels) {
            throw new RefusedException(
                    key + " has " + given + " values, the images have " + channels + " channels",
                    "give one number, or one per channel");
        }
    }

    /** Reads {@code count} bytes from the index {@code from} on. */
    public void read(byte[] bytes, int from, int count, float[] target, int to) {
        for (int channel = 0; channel < channels; channel++) {
            int row = channel * BYTE_VALUES;
            for (int i = channel; i < count; i += channels) {
                target[to + i] = table[row + Byte.toUnsignedInt(bytes[from + i])];
            }
        }
    }
}
