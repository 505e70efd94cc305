package org.sparknorm.tensor;

import static org.sparknorm.tensor.KernelPair.OFFSET;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.tensor.KernelPair.Kernel;

/** Kernels with vectors give the bits of the plain ones, for all lengths, not a number and infinities included. */
@Tag("unit")
class KernelsTest {
    static Stream<KernelPair> pairs() {
        return Stream.concat(
                KernelPair.of("row kernel", rowKernels(Implementations.ROW_KERNELS), rowKernels(new PlainRowKernels())),
                KernelPair.of(
                        "position kernel",
                        positionKernels(Implementations.POSITION_KERNELS),
                        positionKernels(new PlainPositionKernels())));
    }

    private static List<Kernel> rowKernels(RowKernels kernels) {
        float nothing = Float.NEGATIVE_INFINITY;
        return List.of(
                (v, from, to) ->
                        kernels.normalize(new RowKernels.Affine(v[0], v[1], nothing), 0f, v[2], v[3], OFFSET, from, to),
                (v, from, to) ->
                        kernels.normalize(new RowKernels.Affine(v[0], v[1], 0f), nothing, v[2], v[3], OFFSET, from, to),
                (v, from, to) -> kernels.normalizeAdding(
                        new RowKernels.Affine(v[0], v[1], nothing), 0f, v[2], v[3], v[4], OFFSET, from, to),
                (v, from, to) -> kernels.addSquares(new RowKernels.Sums(v[0], v[1], v[2], 0f), v[3], OFFSET, from, to),
                (v, from, to) -> kernels.addProducts(
                        new RowKernels.Sums(v[0], v[1], v[2], nothing),
                        new RowKernels.Affine(v[0], v[3], nothing),
                        0f,
                        v[4],
                        OFFSET,
                        v[5],
                        1,
                        from,
                        to),
                (v, from, to) -> kernels.combine(
                        new RowKernels.Combination(v[0], v[1], v[2]),
                        new RowKernels.Affine(v[3], v[1], 0f),
                        nothing,
                        v[4],
                        v[5],
                        OFFSET,
                        v[5],
                        OFFSET,
                        from,
                        to),
                (v, from, to) -> kernels.gate(v[0], v[1], v[2], from, to),
                (v, from, to) -> kernels.add(v[0], OFFSET, v[1], 1, from, to),
                (v, from, to) -> kernels.takeLarger(v[0], OFFSET, v[1], 1, from, to),
                (v, from, to) -> kernels.giveToLargest(v[0], v[1], OFFSET, v[2], v[3], 1, from, to));
    }

    /** A position of {@code to - from} channels; sums go into the last array. */
    private static List<Kernel> positionKernels(PositionKernels kernels) {
        PositionKernels.Statistics statistics = new PositionKernels.Statistics(0.3f, 1.7f);
        PositionKernels.Slopes slopes = new PositionKernels.Slopes(1.7f, -0.2f, 0.4f);
        return List.of(
                (v, from, to) -> keep(v[5], sums -> kernels.addSquares(sums, 0.3f, v[0], OFFSET + from, to - from)),
                (v, from, to) ->
                        kernels.normalize(statistics, part(v[0], from, to), part(v[1], from, to), v[2], v[3], OFFSET),
                (v, from, to) -> keep(
                        v[5], sums -> kernels.addProducts(sums, statistics, part(v[0], from, to), v[1], v[2], OFFSET)),
                (v, from, to) -> {
                    float[] scaleGradients = part(v[1], from, to);
                    float[] shiftGradients = part(v[2], from, to);
                    PositionKernels.Affine affine =
                            new PositionKernels.Affine(part(v[0], from, to), scaleGradients, shiftGradients);
                    kernels.backward(slopes, statistics, affine, v[3], v[4], v[5], OFFSET);
                    System.arraycopy(scaleGradients, 0, v[1], 0, to - from);
                    System.arraycopy(shiftGradients, 0, v[2], 0, to - from);
                });
    }

    private static float[] part(float[] array, int from, int to) {
        return Arrays.copyOfRange(array, from, to);
    }

    private static void keep(float[] target, Consumer<PositionKernels.Sums> kernel) {
        PositionKernels.Sums sums = new PositionKernels.Sums();
        kernel.accept(sums);
        System.arraycopy(sums.first, 0, target, 0, PositionKernels.Sums.LANES);
        System.arraycopy(sums.second, 0, target, PositionKernels.Sums.LANES, PositionKernels.Sums.LANES);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void vectorsGiveTheBitsOfThePlainLoop(KernelPair pair) {
        pair.assertSameBits();
    }
}
