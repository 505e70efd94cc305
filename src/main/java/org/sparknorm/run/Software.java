package org.sparknorm.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.run.files.LogFields;

/** Describes the software that computes a run. Equal bits are promised for one BLAS, JDK and operating system. */
final class Software {
    private Software() {}

    /** Returns names and versions in the order in which they are shown. */
    static Map<String, String> with(String blas, JavaSparkContext spark) {
        Map<String, String> software = new LinkedHashMap<>();
        software.put(LogFields.BLAS, blas);
        software.put("java", System.getProperty("java.runtime.version"));
        software.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        software.put("spark", spark.version());
        software.put("sparknorm", Version.text());
        return software;
    }
}
