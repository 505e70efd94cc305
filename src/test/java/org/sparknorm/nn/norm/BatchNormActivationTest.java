package org.sparknorm.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Sequential;

/** Activations that a batch norm applies itself are those of layers before and behind it. */
@Tag("unit")
class BatchNormActivationTest {
    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void activationInTheSamePassIsThatBehind(Activation.Kind kind) throws InterruptedException {
        int[] sizes = {3, 0, 9};
        SlicedBatchNorm.Result fused =
                SlicedBatchNorm.run(sizes, () -> SlicedBatchNorm.network(SlicedBatchNorm.norm(true, kind)));
        SlicedBatchNorm.Result apart = SlicedBatchNorm.run(
                sizes,
                () -> SlicedBatchNorm.network(new Sequential(
                        List.of(SlicedBatchNorm.norm(true, Activation.Kind.NONE), new Activation(kind)))));
        assertThat(fused.y()).isEqualTo(apart.y());
        assertThat(fused.dx()).isEqualTo(apart.dx());
        assertThat(fused.gradients()).isEqualTo(apart.gradients());
    }

    @Test
    void rectifyingTheInputIsAnActivationBefore() throws InterruptedException {
        int[] sizes = {3, 0, 9};
        NormSpec rectifying = new NormSpec("bn1", SlicedBatchNorm.CHANNELS, true, Activation.Kind.NONE);
        SlicedBatchNorm.Result fused = SlicedBatchNorm.run(
                sizes, () -> SlicedBatchNorm.network(new BatchNorm(rectifying, SlicedBatchNorm.options(true))));
        SlicedBatchNorm.Result apart = SlicedBatchNorm.run(
                sizes,
                () -> SlicedBatchNorm.network(new Sequential(List.of(
                        new Activation(Activation.Kind.RELU), SlicedBatchNorm.norm(true, Activation.Kind.NONE)))));
        assertThat(fused.y()).isEqualTo(apart.y());
        assertThat(fused.dx()).isEqualTo(apart.dx());
        assertThat(fused.gradients()).isEqualTo(apart.gradients());
        assertThat(fused.buffers()).isEqualTo(apart.buffers());
    }
}
