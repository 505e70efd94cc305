package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cutting and mirroring: every pixel at its place, zeros beyond the edges. */
@Tag("unit")
class PixelsTest {
    private static final int[] TWO_ROWS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};

    @Test
    void mirroringExchangesThePixelsOfEachRow() {
        Picture mirrored = Pixels.mirrored(SmallPictures.of(3, 2, TWO_ROWS));
        assertThat(SmallPictures.values(mirrored))
                .containsExactly(7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 500", "2000, 3", "8, 5"})
    void mirroringTwiceChangesNothing(int width, int height) {
        Picture picture = SmallPictures.noise(width, height);
        assertThat(Pixels.mirrored(Pixels.mirrored(picture)).pixels()).isEqualTo(picture.pixels());
    }

    @Test
    void aPartInsideIsThosePixels() {
        Picture part = Pixels.cut(SmallPictures.of(3, 2, TWO_ROWS), new Rectangle(1, 1, 2, 1));
        assertThat(part.width()).isEqualTo(2);
        assertThat(part.height()).isEqualTo(1);
        assertThat(SmallPictures.values(part)).containsExactly(13, 14, 15, 16, 17, 18);
    }

    @Test
    void beyondTheEdgesAreZeros() {
        Picture part = Pixels.cut(SmallPictures.of(1, 1, 7, 8, 9), new Rectangle(-1, -1, 3, 3));
        assertThat(SmallPictures.values(part))
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "-3, 0", "0, 2", "0, -2", "2000000000, 0", "-2000000000, -2000000000", "2147483647, 2147483647"
    })
    void aPartFarOutsideIsAllZeros(int left, int top) {
        Picture part = Pixels.cut(SmallPictures.of(3, 2, TWO_ROWS), new Rectangle(left, top, 3, 2));
        assertThat(SmallPictures.values(part)).containsOnly(0).hasSize(18);
    }
}
