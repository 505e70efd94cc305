package org.sparknorm.tensor;

import java.lang.reflect.Constructor;
import java.util.function.Supplier;

/**
 * The implementations that run here. Those with vector instructions need a module of the JDK that Spark's launcher adds to
 * every driver and executor ({@code --add-modules=jdk.incubator.vector}); without it the plain ones take their place, with
 * the same bits.
 */
public final class Implementations {
    public static final RowKernels ROW_KERNELS = of("VectorRowKernels", PlainRowKernels::new, RowKernels.class);
    public static final PositionKernels POSITION_KERNELS =
            of("VectorPositionKernels", PlainPositionKernels::new, PositionKernels.class);

    private Implementations() {}

    private static boolean hasVectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /**
     * The implementation with vectors where they can be used, otherwise the plain one. Classes with vectors are compiled
     * apart and named by text: javac warns of the module wherever it is seen.
     *
     * @param vectorClass simple name of a class in the package of {@code type} that has a constructor without arguments
     */
    public static <T> T of(String vectorClass, Supplier<T> plain, Class<T> type) {
        if (!hasVectors()) {
            return plain.get();
        }
        try {
            Constructor<?> constructor =
                    Class.forName(type.getPackageName() + "." + vectorClass).getDeclaredConstructor();
            constructor.setAccessible(true);
            return type.cast(constructor.newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the jar lacks " + vectorClass, e);
        }
    }
}
