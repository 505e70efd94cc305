package org.sparknorm.tensor.convolution;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.tensor.KernelPair;
import org.sparknorm.tensor.KernelPair.Kernel;

/** Transforms with vectors give the bits of the plain ones. */
@Tag("unit")
class TileTransformsTest {
    static Stream<KernelPair> pairs() {
        return KernelPair.of("transform", transforms(Winograd.transforms()), transforms(new PlainTileTransforms()));
    }

    private static List<Kernel> transforms(TileTransforms t) {
        return List.of(
                (v, from, to) -> t.input(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.output(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.outputGradient(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.weights(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.weightGradient(v[0], v[1], v[2], v[3], v[4], v[5], from, to));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void vectorsGiveTheBitsOfThePlainLoop(KernelPair pair) {
        pair.assertSameBits();
    }
}
