package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.Shape;

/** What the configuration alone says of the shape of an example. */
@Tag("unit")
class ExampleShapeTest {
    private static DataConfig config(String data) {
        return ConfigFiles.ofText("steps = 1, data { train = x, " + data + " }")
                .toRunConfig()
                .data();
    }

    @Test
    void someFormatsHaveOneShape() {
        assertThat(ExampleShape.known(config("format = digits, train = none"))).isEqualTo(Shape.of(28, 28, 1));
        assertThat(ExampleShape.known(config("format = cifar10"))).isEqualTo(Shape.of(32, 32, 3));
    }

    @Test
    void idxFilesKnowTheirShapeUnlessTheConfigurationGivesIt() {
        assertThat(ExampleShape.known(config("format = idx"))).isNull();
        assertThat(ExampleShape.known(config("format = idx, size = 20"))).isEqualTo(Shape.of(20, 20, 1));
    }

    @Test
    void imageFilesAreCutToTheConfiguredSize() {
        assertThat(ExampleShape.known(config("format = image-folder, size = 20")))
                .isEqualTo(Shape.of(20, 20, 3));
        assertThat(ExampleShape.known(config("format = parquet, size = 20"))).isEqualTo(Shape.of(20, 20, 3));
        assertThatThrownBy(() -> ExampleShape.known(config("format = image-folder")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("data.size is not set, and images of format image-folder have many sizes; "
                        + "set it, for example data.size=224");
    }

    @Test
    void textsAreCutToTheConfiguredBytes() {
        assertThat(ExampleShape.known(config("format = text, size = 20 }, model { name = transformer")))
                .isEqualTo(Shape.of(20));
        assertThatThrownBy(() -> ExampleShape.known(config("format = text }, model { name = transformer")))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("data.size is not set; give the bytes of a text");
    }
}
