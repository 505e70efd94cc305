package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;

/** From bytes to what a network sees. */
@Tag("unit")
class PixelReaderTest {
    @Test
    void everyByteIsItsValueDividedBy255() {
        float[] values = read(config(), 1, allBytes());
        for (int value = 0; value < 256; value++) {
            assertThat(values[value]).isEqualTo((float) (value / 255.0));
        }
    }

    @Test
    void binarizedBytesAreOneFrom128On() {
        float[] values = read(config("data.binarize=true"), 1, allBytes());
        for (int value = 0; value < 256; value++) {
            assertThat(values[value]).as("byte %d", value).isEqualTo(value <= 127 ? 0f : 1f);
        }
    }

    @Test
    void oneMeanAndDeviationServeAllChannels() {
        DataConfig config = config("data.mean=0.25", "data.deviation=0.5");
        assertThat(read(config, 3, 0, 51, 255))
                .containsExactly((float) ((0 - 0.25) / 0.5), (float) ((0.2 - 0.25) / 0.5), (float) ((1 - 0.25) / 0.5));
    }

    @Test
    void eachChannelHasItsOwnMeanAndDeviation() {
        DataConfig config = config("data.mean=[0, 0.5, 1]", "data.deviation=[1, 0.5, 0.25]");
        assertThat(read(config, 3, 255, 255, 255, 0, 0, 0)).containsExactly(1, 1, 0, 0, -1, -4);
    }

    @Test
    void meanAndDeviationActOnWhatWasBinarized() {
        DataConfig config = config("data.binarize=true", "data.mean=0.5", "data.deviation=0.5");
        assertThat(read(config, 1, 127, 128)).containsExactly(-1, 1);
    }

    @Test
    void bytesAreReadFromAndWrittenToTheirPlaces() {
        float[] target = {7, 7, 7, 7};
        byte[] bytes = {9, (byte) 255, 0, 9};
        new PixelReader(config(), 1).read(bytes, 1, 2, target, 1);
        assertThat(target).containsExactly(7, 1, 0, 7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.mean", "data.deviation"})
    void valuesForAnotherNumberOfChannelsAreRefused(String key) {
        DataConfig config = config(key + "=[0.1, 0.2]");
        assertThatThrownBy(() -> new PixelReader(config, 3))
                .isInstanceOf(RefusedException.class)
                .hasMessage(key + " has 2 values, the images have 3 channels; give one number, or one per channel");
    }

    private static DataConfig config(String... assignments) {
        return ConfigFiles.ofText("steps = 1")
                .with(List.of(assignments))
                .toRunConfig()
                .data();
    }

    private static int[] allBytes() {
        int[] bytes = new int[256];
        for (int value = 0; value < bytes.length; value++) {
            bytes[value] = value;
        }
        return bytes;
    }

    private static float[] read(DataConfig config, int channels, int... bytes) {
        byte[] buffer = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            buffer[i] = (byte) bytes[i];
        }
        float[] values = new float[bytes.length];
        new PixelReader(config, channels).read(buffer, 0, bytes.length, values, 0);
        return values;
    }
}
