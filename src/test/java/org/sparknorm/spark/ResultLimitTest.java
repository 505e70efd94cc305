package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.RefusedException;

/** A limit of the user's that the gradients of a step would break is refused before the first one. */
@Tag("unit")
class ResultLimitTest {
    private static final long RESNET50_BYTES = 102_228_128;
    private static final SliceAssignment SIXTEEN = SliceAssignment.of(16, 16, RESNET50_BYTES);

    @Test
    void tooLowALimitIsRefusedWithTheFigure() {
        assertThatThrownBy(() -> ResultLimit.check("400m", SIXTEEN, RESNET50_BYTES))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("in every step 4 gradients of 97.5 MiB reach the driver from 16 partitions")
                .hasMessageContaining("spark.driver.maxResultSize = 400m; leave it out, or set it to 429m or more");
    }

    @Test
    void enoughAndWithoutLimitAreNot() {
        assertThatCode(() -> ResultLimit.check("429m", SIXTEEN, RESNET50_BYTES)).doesNotThrowAnyException();
        assertThatCode(() -> ResultLimit.check("0", SIXTEEN, RESNET50_BYTES)).doesNotThrowAnyException();
    }
}
