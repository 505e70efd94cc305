package org.sparknorm.tensor;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.blas.NativeBLAS;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Finds and loads the BLAS of this process. Kernels of different core types give different bits, so the participants
 * of a run name what they can run ({@link #available}), one name is chosen, and each loads exactly that ({@link
 * #load}). A process can load OpenBLAS once, with one core type; the fall-back of netlib in Java needs nothing.
 *
 * <p>OpenBLAS picks its kernels by the CPU's model number and takes slower ones for a model it does not know; here they
 * are picked by what the CPU can do.
 */
public final class BlasLibrary {
    private static final String OPEN_BLAS = "OpenBLAS ";
    private static final String JAVA = "Java ";
    /** Core types of OpenBLAS on x86-64, fastest first, and the CPU features their kernels use. */
    private static final List<CoreType> X86_CORE_TYPES = List.of(
            new CoreType("SkylakeX", Set.of("avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd", "avx2", "fma")),
            new CoreType("Haswell", Set.of("avx2", "fma")));
    /** Runs on every 64-bit ARM. */
    private static final String ARM_CORE_TYPE = "ARMV8";

    private static final String CORE_TYPE_VARIABLE = "OPENBLAS_CORETYPE";
    private static final String NETLIB_LIBRARY_PROPERTY = "dev.ludovic.netlib.blas.nativeLibPath";

    private static Blas loaded;

    private BlasLibrary() {}

    private record CoreType(String name, Set<String> features) {}

    /**
     * The result of {@link #available}: names this process can load, best first, and why no native one is among them.
     */
    public record Available(List<String> names, String whyNoNative) implements Serializable {}

    /** What this process can load, without loading anything. The last name always works. */
    public static Available available() {
        List<String> names = new ArrayList<>();
        String whyNot = "";
        if (!Platform.isLinux()) {
            whyNot = "netlib has native code for Linux only, this is " + System.getProperty("os.name");
        } else if (Platform.isIntel() && Platform.is64Bit()) {
            Set<String> features = cpuFeatures();
            for (CoreType type : X86_CORE_TYPES) {
                if (features.containsAll(type.features())) {
                    names.add(OPEN_BLAS + type.name());
                }
            }
            whyNot = names.isEmpty() ? "the CPU has no AVX2" : "";
        } else if (Platform.isARM() && Platform.is64Bit()) {
            names.add(OPEN_BLAS + ARM_CORE_TYPE);
        } else {
            whyNot = "there is no native library for " + System.getProperty("os.arch");
        }
        if (!names.isEmpty()) {
            try {
                Class.forName("org.netlib.util.booleanW", false, BlasLibrary.class.getClassLoader());
                prepareNative();
            } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                whyNot = "OpenBLAS cannot be unpacked or linked here (" + e + ")";
                names.clear();
            }
        }
        names.add(javaName());
        return new Available(names, whyNot);
    }

    /** Whether the name is that of native code. */
    public static boolean isNative(String name) {
        return name.startsWith(OPEN_BLAS);
    }

    /**
     * The best name that all participants can load.
     *
     * @throws IllegalStateException if there is none
     */
    public static String choose(List<Available> participants) {
        List<String> common = new ArrayList<>(participants.get(0).names());
        for (Available participant : participants) {
            common.retainAll(participant.names());
        }
        if (common.isEmpty()) {
            throw new IllegalStateException("the machines have no BLAS in common: " + participants);
        }
        return common.get(0);
    }

    /**
     * Loads the BLAS of that name, or gives the one loaded before under the same name.
     *
     * @throws IllegalStateException if this process has another one already or cannot load it
     */
    public static synchronized Blas load(String name) {
        if (loaded == null || !loaded.name().equals(name)) {
            Blas blas = isNative(name)
                    ? loadOpenBlas(name.substring(OPEN_BLAS.length()))
                    : new Blas(JavaBLAS.getInstance(), javaName());
            if (!blas.name().equals(name)) {
                throw new IllegalStateException("this process runs BLAS " + blas.name() + ", the run needs " + name);
            }
            loaded = blas;
        }
        return loaded;
    }

    private static Blas loadOpenBlas(String coreType) {
        setEnvironment(CORE_TYPE_VARIABLE, coreType);
        Loader.load(openblas_nolapack.class);
        String path = Loader.getLoadedLibraries().entrySet().stream()
                .filter(library -> library.getKey().startsWith("openblas"))
                .map(library -> library.getValue())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("OpenBLAS was unpacked but not loaded"));
        openblas_nolapack.blas_set_num_threads(1);
        System.setProperty(NETLIB_LIBRARY_PROPERTY, path);
        String took = NativeLibrary.getInstance(path)
                .getFunction("openblas_get_corename")
                .invokeString(new Object[0], false);
        // OpenBLAS writes its names in its own case ("armv8").
        String name = took.equalsIgnoreCase(coreType) ? coreType : took;
        return new Blas(NativeBLAS.getInstance(), OPEN_BLAS + name);
    }

    /** Fails where JNA or the unpacking of libraries cannot work; loads no BLAS. */
    private static void prepareNative() {
        Function.getFunction("c", "setenv");
        Loader.load(Loader.class);
    }

    private static void setEnvironment(String variable, String value) {
        int overwrite = 1;
        int failed = Function.getFunction("c", "setenv").invokeInt(new Object[] {variable, value, overwrite});
        if (failed != 0) {
            throw new IllegalStateException("setenv " + variable + " failed");
        }
    }

    private static String javaName() {
        return JAVA + (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? "VectorBLAS" : "Java11BLAS");
    }

    private static Set<String> cpuFeatures() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line ->
                            Set.of(line.substring(line.indexOf(':') + 1).trim().split("\\s+")))
                    .orElse(Set.of());
        } catch (IOException e) {
            return Set.of();
        }
    }
}
