package org.sparknorm.spark.source;

import java.util.SplittableRandom;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/** Makes images of random bytes for measurements, with the labels 0, 1, 2, ... in turn. */
public record NoiseSource(Description description) implements DataSource {
    @Override
    public String name() {
        return "noise";
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        int imageBytes = description.shape().size();
        int classes = description.classes();
        int tasks = Math.min(description.count(), spark.defaultParallelism());
        return JavaPairRDD.fromJavaRDD(spark.sc()
                .range(0, description.count(), 1, tasks)
                .toJavaRDD()
                .map(index -> example((Long) index, imageBytes, classes)));
    }

    private static Tuple2<Long, byte[]> example(long index, int imageBytes, int classes) {
        byte[] image = new byte[imageBytes];
        new SplittableRandom(index).nextBytes(image);
        return new Tuple2<>(index, EncodedExample.of((int) (index % classes), "", image));
    }

    /** Describes that many images of that shape. */
    public static NoiseSource of(int count, Shape shape, int classes) {
        return new NoiseSource(new Description(count, shape, classes));
    }
}
