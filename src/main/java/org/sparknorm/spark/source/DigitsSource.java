package org.sparknorm.spark.source;

import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.GeneratedDigits;
import org.sparknorm.data.Split;
import scala.Tuple2;

/** Draws the generated digits in the tasks that need them; it reads nothing. */
record DigitsSource(long seed, Split split, int count) implements DataSource {
    @Override
    public Description description() {
        return new Description(count, GeneratedDigits.SHAPE, GeneratedDigits.CLASSES);
    }

    @Override
    public String name() {
        return "digits";
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        long generatorSeed = seed;
        Split generatorSplit = split;
        int tasks = Math.min(count, spark.defaultParallelism());
        return JavaPairRDD.fromJavaRDD(spark.sc()
                .range(0, count, 1, tasks)
                .toJavaRDD()
                .map(index -> example(generatorSeed, generatorSplit, (Long) index)));
    }

    private static Tuple2<Long, byte[]> example(long seed, Split split, long index) {
        byte[] example = EncodedExample.allocate(GeneratedDigits.SHAPE.size());
        EncodedExample.setLabel(example, GeneratedDigits.draw(seed, split, index, example, EncodedExample.HEADER));
        return new Tuple2<>(index, example);
    }
}
