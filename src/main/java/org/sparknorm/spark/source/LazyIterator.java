package org.sparknorm.spark.source;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.sparknorm.spark.shim.Unchecked;

/** Iterators whose elements are made one by one, when they are asked for. */
public final class LazyIterator {
    private LazyIterator() {}

    /** Makes an element. What it throws, the iterator throws. */
    @FunctionalInterface
    public interface Maker<S, T> {
        T make(S source) throws Exception;
    }

    /** Elements that are made from the numbers 0 .. count-1. */
    static <T> Iterator<T> of(int count, Maker<Integer, T> maker) {
        return map(IntStream.range(0, count).iterator(), maker);
    }

    /** Elements that are made from those of another iterator. Where the maker returns null, there is no element. */
    public static <S, T> Iterator<T> map(Iterator<? extends S> sources, Maker<S, T> maker) {
        return new Iterator<>() {
            private T next;

            @Override
            public boolean hasNext() {
                try {
                    while (next == null && sources.hasNext()) {
                        next = maker.make(sources.next());
                    }
                } catch (Exception e) {
                    throw Unchecked.sneak(e);
                }
                return next != null;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                T made = next;
                next = null;
                return made;
            }
        };
    }
}
