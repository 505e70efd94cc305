package org.sparknorm.tensor;

import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.util.function.Supplier;

/**
 * Picks the implementations that run here. Those with vector instructions need a module of the JDK that Spark's
 * launcher adds to every driver and executor ({@link #OPTION}); without it the plain ones take their place, with the
 * same bits, and {@link #whyNoVectors} says so.
 */
public final class Implementations {
    private static final String MODULE = "jdk.incubator.vector";
    /** The option of a JVM that lets it use vectors. */
    public static final String OPTION = "--add-modules=" + MODULE;

    public static final RowKernels ROW_KERNELS = of("VectorRowKernels", PlainRowKernels::new, RowKernels.class);
    public static final PositionKernels POSITION_KERNELS =
            of("VectorPositionKernels", PlainPositionKernels::new, PositionKernels.class);

    private Implementations() {}

    /** Why the plain implementations are used; empty where those with vectors are. */
    public static String whyNoVectors() {
        if (ModuleLayer.boot().findModule(MODULE).isPresent()) {
            return "";
        }
        return ModuleFinder.ofSystem().find(MODULE).isPresent()
                ? "the JVM was started without " + OPTION
                : "the Java runtime has no module " + MODULE;
    }

    /**
     * Picks the implementation with vectors where they can be used, otherwise the plain one. Classes with vectors are
     * compiled apart and named by text: javac warns of the module wherever it is seen.
     *
     * @param vectorClass simple name of a class in the package of {@code type} that has a constructor without arguments
     */
    public static <T> T of(String vectorClass, Supplier<T> plain, Class<T> type) {
        if (!whyNoVectors().isEmpty()) {
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
