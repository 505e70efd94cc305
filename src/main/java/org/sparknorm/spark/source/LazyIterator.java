package org.sparknorm.spark.source;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.sparknorm.spark.shim.Unchecked;

/** Elements made one by one, as they are asked for. */
final class LazyIterator {
    private LazyIterator() {}

    /** Makes the element of a number. */
    @FunctionalInterface
    interface Maker<T> {
        T make(int number) throws Exception;
    }

    static <T> Iterator<T> of(int count, Maker<T> maker) {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                try {
                    return maker.make(next++);
                } catch (Exception e) {
                    throw Unchecked.sneak(e);
                }
            }
        };
    }
}
