package org.sparknorm.spark.shim;

import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.sparknorm.spark.SliceAssignment;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * Calls {@code treeAggregate} with one element per partition. It passes classes of its own, not those of Spark's Java
 * interface, whose Scala closures Spark reads from their class files in every job: milliseconds per step.
 */
public final class TreeAggregation {
    /** The depth for small results, which go straight to the driver. */
    public static final int FLAT = 1;

    private TreeAggregation() {}

    /** Makes one of two partial results, and takes over both. */
    @FunctionalInterface
    public interface Merge<R> extends Serializable {
        R merge(R left, R right);
    }

    /**
     * Merges the results of all partitions.
     *
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
