package org.sparknorm.spark.shim;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.sparknorm.spark.SliceAssignment;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * {@code treeAggregate} of one element a partition. Called with classes of its own, not through the Java interface, whose
 * Scala closures Spark reads from their class files in every job: milliseconds a step.
 */
public final class TreeAggregation {
    /** For what is small: straight to the driver. */
    public static final int FLAT = 1;

    private TreeAggregation() {}

    /** How two partial results become one. Takes over both. */
    @FunctionalInterface
    public interface Merge<R> extends Serializable {
        R merge(R left, R right);
    }

    /**
     * @param zero neutral for the merge
     * @param depth see {@link SliceAssignment}
     */
    public static <R> R of(JavaRDD<R> partial, R zero, Merge<R> merge, int depth) {
        ClassTag<R> anyClass = ClassTag$.MODULE$.apply(Object.class);
        MergeFunction<R> function = new MergeFunction<>(merge);
        return partial.rdd().treeAggregate(zero, function, function, depth, anyClass);
    }

    private static final class MergeFunction<R> extends AbstractFunction2<R, R, R> implements Serializable {
        private final Merge<R> merge;

        MergeFunction(Merge<R> merge) {
            this.merge = merge;
        }

        @Override
        public R apply(R left, R right) {
            return merge.merge(left, right);
        }
    }
}
