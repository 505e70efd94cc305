package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pixels and sides that fit, and the way back to a file. */
@Tag("unit")
class PictureTest {
    @ParameterizedTest
    @CsvSource({"0, 2, 0", "2, 0, 0", "-1, -1, 3", "2, 2, 11", "2, 2, 13", "65536, 65536, 0"})
    void anotherNumberOfBytesThanTheSidesSayIsRefused(int width, int height, int bytes) {
        assertThatThrownBy(() -> new Picture(width, height, new byte[bytes]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A picture of %d x %d with %d bytes", width, height, bytes);
    }

    @Test
    void theImageForReadersSharesThePixels() {
        Picture picture = Pictures.noise(3, 2);
        picture.image().setRGB(1, 1, 0x010203);
        assertThat(Pictures.colors(picture)[4]).isEqualTo(0x010203);
    }

    @Test
    void writtenAsJpegItLooksTheSame() throws BadImageException {
        Picture picture = Pictures.slope(33, 17);
        // Colours of four pixels are averaged, here over steps of up to 15.
        Pictures.assertClose(Pictures.decode(PictureWriter.jpeg(picture, 1)), picture, 12);
    }

    @Test
    void lowerQualityGivesFewerBytes() {
        Picture picture = Pictures.noise(64, 64);
        assertThat(PictureWriter.jpeg(picture, 0.5f)).hasSizeLessThan(PictureWriter.jpeg(picture, 0.95f).length / 2);
    }
}
