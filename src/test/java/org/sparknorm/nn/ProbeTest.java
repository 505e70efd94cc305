package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.nn.norm.SwitchableNorm;
import org.sparknorm.tensor.Elementary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** A probe sees what a norm gives before the activation that the norm applies in the same pass. */
@Tag("unit")
class ProbeTest {
    private static final Shape EXAMPLE = Shape.of(2, 2, 4);
    private static final int UNIT = 2;
    /** Of sigmoids, whose neighbours are 6e-8 apart. */
    private static final float TOLERANCE = 2e-7f;

    static Stream<Layer> norms() {
        NormSpec site = new NormSpec("norm", EXAMPLE.last(), Activation.Kind.SIGMOID);
        BatchNorm.Options options = new BatchNorm.Options(1e-5, 0.9, true);
        return Stream.of(
                new BatchNorm(site, options),
                new GroupNorm(site, 2, 1e-5, null),
                new SwitchableNorm(site, options, false, null));
    }

    @ParameterizedTest
    @MethodSource("norms")
    void valuesAreThoseBeforeTheActivation(Layer norm) {
        Network network = new Network(norm, EXAMPLE);
        network.bind(values(network.weightCount()), new float[network.weightCount()], network.initialBuffers());
        Shape shape = EXAMPLE.batch(3);
        Tensor x = new Tensor(values(shape.size()), shape);
        ChannelOutputs values = new ChannelOutputs(UNIT);
        Tensor y = norm.forward(x, Pass.inference(new Scratch(), new Probe("norm", values)));
        float[] seen = values.all();
        assertThat(seen).hasSize(shape.size() / EXAMPLE.last());
        for (int i = 0; i < seen.length; i++) {
            assertThat(y.data()[i * EXAMPLE.last() + UNIT]).isCloseTo(Elementary.sigmoid(seen[i]), within(TOLERANCE));
        }
        ChannelOutputs elsewhere = new ChannelOutputs(UNIT);
        norm.forward(x, Pass.inference(new Scratch(), new Probe("norm2", elsewhere)));
        assertThat(elsewhere.all()).isEmpty();
    }

    private static float[] values(int size) {
        RandomSource random = RandomSource.of(3, "values");
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.gaussian(i);
        }
        return values;
    }
}
