package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves the thread of a slice. One for each test. */
final class NoSliceThreadLeft implements AfterEachCallback {
    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    @Override
    public void afterEach(ExtensionContext test) {
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        assertThat(left).extracting(Thread::getName).noneMatch(name -> name.startsWith("sparknorm-slice-"));
    }
}
