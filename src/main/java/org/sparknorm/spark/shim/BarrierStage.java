package org.sparknorm.spark.shim;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * Makes barrier stages, for which Spark has no call in Java. All tasks of such a stage run at the same time, or none.
 */
public final class BarrierStage {
    private BarrierStage() {}

    /** What a task does with the element of its partition. */
    @FunctionalInterface
    public interface Task<T, R> extends Serializable {
        R call(T element) throws Exception;
    }

    /** Returns the RDD that applies the task to the one element of every partition, all at the same time. */
    public static <T, R> JavaRDD<R> map(JavaRDD<T> oneElementAPartition, Task<T, R> task) {
        ClassTag<R> anyClass = ClassTag$.MODULE$.apply(Object.class);
        return new JavaRDD<>(
                oneElementAPartition.rdd().barrier().mapPartitions(new TaskFunction<>(task), false, anyClass),
                anyClass);
    }

    private static final class TaskFunction<T, R>
            extends AbstractFunction1<scala.collection.Iterator<T>, scala.collection.Iterator<R>>
            implements Serializable {
        private final Task<T, R> task;

        TaskFunction(Task<T, R> task) {
            this.task = task;
        }

        @Override
        public scala.collection.Iterator<R> apply(scala.collection.Iterator<T> elements) {
            Iterator<R> result;
            try {
                result = java.util.List.of(task.call(elements.next())).iterator();
            } catch (Exception e) {
                throw Unchecked.sneak(e);
            }
            return CollectionConverters.asScala(result);
        }
    }
}
