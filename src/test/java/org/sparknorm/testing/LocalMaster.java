package org.sparknorm.testing;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Commands run in this JVM find a master with that many slots, in the tests of one class. */
public final class LocalMaster implements BeforeAllCallback, AfterAllCallback {
    private static final String MASTER = "spark.master";
    private static final String PAGES = "spark.ui.enabled";

    private final int slots;

    public LocalMaster(int slots) {
        this.slots = slots;
    }

    @Override
    public void beforeAll(ExtensionContext test) {
        System.setProperty(MASTER, "local[" + slots + "]");
        System.setProperty(PAGES, "false");
    }

    @Override
    public void afterAll(ExtensionContext test) {
        System.clearProperty(MASTER);
        System.clearProperty(PAGES);
    }
}
