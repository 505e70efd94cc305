package org.sparknorm.tensor;

import java.util.function.Supplier;

/**
 * The implementations that run here. Those with vector instructions need a module of the JDK that Spark's launcher adds to
 * every driver and executor ({@code --add-modules=jdk.incubator.vector}); without it the plain ones take their place, with
 * the same bits.
 */
final class Implementations {
    static final RowKernels ROW_KERNELS = of("VectorRowKernels", PlainRowKernels::new, RowKernels.class);
    static final PositionKernels POSITION_KERNELS =
            of("VectorPositionKernels", PlainPositionKernels::new, PositionKernels.class);
    static final TileTransforms TILE_TRANSFORMS =
            of("VectorTileTransforms", PlainTileTransforms::new, TileTransforms.class);

    private Implementations() {}

    private static boolean hasVectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /** Classes with vectors are compiled apart and named by text: javac warns of the module wherever it is seen. */
    private static <T> T of(String vectorClass, Supplier<T> plain, Class<T> type) {
        if (!hasVectors()) {
            return plain.get();
        }
        try {
            Class<?> found = Class.forName(Implementations.class.getPackageName() + "." + vectorClass);
            return type.cast(found.getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the jar lacks " + vectorClass, e);
        }
    }
}
