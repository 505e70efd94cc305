package org.sparknorm.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Spark in this JVM with that many slots, for the tests of one class. */
public final class LocalSpark implements BeforeAllCallback, AfterAllCallback {
    private final int slots;
    private JavaSparkContext context;

    public LocalSpark(int slots) {
        this.slots = slots;
    }

    public JavaSparkContext context() {
        return context;
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        System.setProperty("spark.master", "local[" + slots + "]");
        System.setProperty("spark.ui.enabled", "false");
        context = SparkStart.context("test", 0);
        context.setLogLevel("ERROR");
    }

    @Override
    public void afterAll(ExtensionContext test) {
        context.close();
        System.clearProperty("spark.master");
        System.clearProperty("spark.ui.enabled");
    }
}
