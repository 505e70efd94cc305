package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Elements are made in order, when they are asked for. */
@Tag("unit")
class LazyIteratorTest {
    @Test
    void elementsAreMadeFromNumbers() {
        assertThat(LazyIterator.of(3, i -> "element " + i))
                .toIterable()
                .containsExactly("element 0", "element 1", "element 2");
        assertThat(LazyIterator.of(0, i -> i)).isExhausted();
    }

    @Test
    void whatBecomesNullIsLeftOut() {
        Iterator<Integer> even =
                LazyIterator.map(List.of(1, 2, 3, 4, 5).iterator(), number -> number % 2 == 0 ? 10 * number : null);
        assertThat(even).toIterable().containsExactly(20, 40);
    }

    @Test
    void nothingIsMadeBeforeItIsAskedFor() {
        List<Integer> made = new ArrayList<>();
        Iterator<Integer> elements = LazyIterator.of(3, i -> {
            made.add(i);
            return i;
        });
        assertThat(made).isEmpty();
        elements.next();
        assertThat(made).containsExactly(0);
        assertThat(elements.hasNext()).isTrue();
        assertThat(elements.hasNext()).isTrue();
        assertThat(made).containsExactly(0, 1);
    }

    @Test
    void afterTheLastElementThereIsNone() {
        Iterator<Integer> elements = LazyIterator.of(1, i -> i);
        elements.next();
        assertThat(elements.hasNext()).isFalse();
        assertThatThrownBy(elements::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aCheckedExceptionPassesAsItIs() {
        Iterator<Integer> elements = LazyIterator.of(1, i -> {
            throw new IOException("gone");
        });
        assertThatThrownBy(elements::next)
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("gone");
    }
}
