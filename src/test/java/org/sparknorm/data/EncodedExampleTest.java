package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An encoded example gives back what was put into it. */
@Tag("unit")
class EncodedExampleTest {
    private static final byte[] IMAGE = {1, -2, 3};

    @Test
    void labelNameAndImageComeBack() {
        byte[] example = EncodedExample.of(7, "cats/größe.png", IMAGE);
        assertThat(EncodedExample.label(example)).isEqualTo(7);
        assertThat(EncodedExample.name(example)).isEqualTo("cats/größe.png");
        assertThat(EncodedExample.image(example)).isEqualTo(IMAGE);
        assertThat(EncodedExample.imageStart(example)).isEqualTo(example.length - IMAGE.length);
    }

    @Test
    void indexAndLabelCanBeSetLater() {
        byte[] example = EncodedExample.of(-1, "name", IMAGE);
        EncodedExample.setIndex(example, Long.MAX_VALUE - 1);
        EncodedExample.setLabel(example, Integer.MAX_VALUE);
        assertThat(EncodedExample.index(example)).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(EncodedExample.label(example)).isEqualTo(Integer.MAX_VALUE);
        assertThat(EncodedExample.name(example)).isEqualTo("name");
        assertThat(EncodedExample.image(example)).isEqualTo(IMAGE);
    }

    @Test
    void anAllocatedExampleHasNoNameAndItsImageAfterTheHeader() {
        byte[] example = EncodedExample.allocate(IMAGE.length);
        System.arraycopy(IMAGE, 0, example, EncodedExample.HEADER, IMAGE.length);
        assertThat(EncodedExample.name(example)).isEmpty();
        assertThat(EncodedExample.imageStart(example)).isEqualTo(EncodedExample.HEADER);
        assertThat(EncodedExample.image(example)).isEqualTo(IMAGE);
        assertThat(example).isEqualTo(EncodedExample.of(0, "", IMAGE));
    }

    @Test
    void numbersAreBigEndian() {
        byte[] example = EncodedExample.of(1, "n", new byte[0]);
        EncodedExample.setIndex(example, 2);
        assertThat(example).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 'n');
    }
}
