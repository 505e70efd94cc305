package org.sparknorm.spark.source;

import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Gives the first examples of a source.
 *
 * @param count number of examples, at most that of the source
 */
public record FirstExamples(DataSource base, int count) implements DataSource {
    @Override
    public Description description() {
        return base.description().withCount(count);
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        int end = count;
        return base.examples(spark).filter(example -> example._1() < end);
    }

    @Override
    public String name() {
        return base.name();
    }
}
