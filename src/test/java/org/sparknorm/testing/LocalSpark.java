package org.sparknorm.testing;

import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.sparknorm.run.SparkStart;

/** A Spark in this JVM with that many slots, for the tests of one class. */
public final class LocalSpark implements BeforeAllCallback, AfterAllCallback {
    private final LocalMaster master;
    private JavaSparkContext context;

    public LocalSpark(int slots) {
        this.master = new LocalMaster(slots);
    }

    public JavaSparkContext context() {
        return context;
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        master.beforeAll(test);
        context = SparkStart.context("test", 0);
        context.setLogLevel("ERROR");
    }

    @Override
    public void afterAll(ExtensionContext test) {
        context.close();
        master.afterAll(test);
    }
}
