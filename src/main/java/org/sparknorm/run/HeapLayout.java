package org.sparknorm.run;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Computes how many bytes of the heap an array takes. G1, which JDK 17 chooses on all but the smallest machines, gives
 * whole regions to an array longer than half a region, and the rest of the last region stays unused.
 *
 * @param regionBytes size of a region of G1; 0 if arrays take no more than their length
 */
public record HeapLayout(long regionBytes) {
    public static final HeapLayout PACKED = new HeapLayout(0);

    private static final long HEADER_BYTES = 16;

    /** Returns the layout of this process, or {@link #PACKED} if it is not known. */
    public static HeapLayout ofThisProcess() {
        try {
            HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            boolean isG1 = Boolean.parseBoolean(options.getVMOption("UseG1GC").getValue());
            return isG1
                    ? new HeapLayout(Long.parseLong(
                            options.getVMOption("G1HeapRegionSize").getValue()))
                    : PACKED;
        } catch (IllegalArgumentException e) { // another JVM
            return PACKED;
        }
    }

    /** Returns the bytes of an array of so many float32. */
    long floats(long values) {
        long bytes = HEADER_BYTES + Float.BYTES * values;
        if (regionBytes == 0 || bytes <= regionBytes / 2) {
            return bytes;
        }
        return (bytes + regionBytes - 1) / regionBytes * regionBytes;
    }
}
