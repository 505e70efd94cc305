package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.tensor.convolution.PlainTileTransforms;
import org.sparknorm.tensor.convolution.TileTransforms;

/** Kernels with vectors give the bits of the plain ones, for all lengths, not a number and infinities included. */
@Tag("unit")
class KernelsTest {
    private static final long SEED = 42;
    private static final int ARRAYS = 6;
    private static final int OFFSET = 3;
    private static final int LONGEST = 131;

    /** Works on six arrays, all elements from one index to another. */
    @FunctionalInterface
    private interface Kernel {
        void run(float[][] v, int from, int to);
    }

    /** A kernel and what it is to be equal to. */
    private record Pair(String name, Kernel fast, Kernel plain) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Pair> pairs() {
        RowKernels rows = Implementations.ROW_KERNELS;
        PlainRowKernels plainRows = new PlainRowKernels();
        TileTransforms tiles = TileTransforms.best();
        PlainTileTransforms plainTiles = new PlainTileTransforms();
        Stream<Pair> ofRows = IntStream.range(0, rowKernels(rows).size())
                .mapToObj(i -> new Pair(
                        "row kernel " + i,
                        rowKernels(rows).get(i),
                        rowKernels(plainRows).get(i)));
        Stream<Pair> ofTiles = IntStream.range(0, tileTransforms(tiles).size())
                .mapToObj(i -> new Pair(
                        "transform " + i,
                        tileTransforms(tiles).get(i),
                        tileTransforms(plainTiles).get(i)));
        PositionKernels positions = Implementations.POSITION_KERNELS;
        PlainPositionKernels plainPositions = new PlainPositionKernels();
        Stream<Pair> ofPositions = IntStream.range(0, positionKernels(positions).size())
                .mapToObj(i -> new Pair(
                        "position kernel " + i,
                        positionKernels(positions).get(i),
                        positionKernels(plainPositions).get(i)));
        return Stream.of(ofRows, ofTiles, ofPositions).flatMap(pairs -> pairs);
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

    private static List<Kernel> tileTransforms(TileTransforms t) {
        return List.of(
                (v, from, to) -> t.input(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.output(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.outputGradient(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.weights(v[0], v[1], v[2], v[3], v[4], v[5], from, to),
                (v, from, to) -> t.weightGradient(v[0], v[1], v[2], v[3], v[4], v[5], from, to));
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
    void vectorsGiveTheBitsOfThePlainLoop(Pair pair) {
        for (int length : new int[] {0, 1, 7, 13, 16, 65, 128}) {
            for (int from = 0; from <= Math.min(2, length); from++) {
                float[][] fast = values(SEED + length);
                float[][] plain = values(SEED + length);
                pair.fast().run(fast, from, length);
                pair.plain().run(plain, from, length);
                for (int array = 0; array < ARRAYS; array++) {
                    assertThat(fast[array])
                            .as("seed %d, array %d, elements %d to %d", SEED + length, array, from, length)
                            .isEqualTo(plain[array]);
                }
            }
        }
    }

    /** Some equal, some not finite. */
    private static float[][] values(long seed) {
        Random random = new Random(seed);
        float[][] values = new float[ARRAYS][OFFSET + LONGEST];
        for (float[] array : values) {
            for (int i = 0; i < array.length; i++) {
                array[i] = switch (random.nextInt(12)) {
                    case 0 -> 0f;
                    case 1 -> -0f;
                    case 2 -> Float.NaN;
                    case 3 -> random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
                    default -> random.nextInt(5) == 0 ? 1f : (float) random.nextGaussian();
                };
            }
        }
        return values;
    }
}
