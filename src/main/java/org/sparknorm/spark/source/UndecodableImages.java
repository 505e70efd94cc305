package org.sparknorm.spark.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.data.image.ImageDecoder;
import scala.Tuple2;

/** Finds the images that cannot be decoded, before the examples are dealt. */
public final class UndecodableImages {
    private UndecodableImages() {}

    /**
     * A source without the bad images of another one.
     *
     * @param messages a line {@code PATH: CAUSE} for each image that was left out: first those that the source itself
     *     has left out, then the others in the order of the source
     */
    public record Checked(DataSource source, List<String> messages) {}

    /** Decodes all images on the executors, and leaves out those that cannot be decoded. */
    public static Checked leaveOut(JavaSparkContext spark, DataSource source, long largestImage) {
        if (!source.description().encoded()) {
            return new Checked(source, List.of());
        }
        spark.setJobDescription("try the images of " + source.name());
        List<Tuple2<Long, String>> bad = new ArrayList<>(source.examples(spark)
                .mapPartitions(examples -> failures(examples, new ImageDecoder(largestImage)))
                .collect());
        List<String> messages = new ArrayList<>(source.leftOut());
        if (bad.isEmpty()) {
            return new Checked(source, messages);
        }
        if (bad.size() == source.description().count()) {
            throw new RefusedException(
                    "all " + bad.size() + " images of " + source.name() + " are bad, the first for "
                            + bad.get(0)._2(),
                    "check the data");
        }
        bad.sort((left, right) -> Long.compare(left._1(), right._1()));
        long[] indexes = bad.stream().mapToLong(Tuple2::_1).toArray();
        bad.forEach(image -> messages.add(image._2()));
        return new Checked(new Without(source, indexes), messages);
    }

    private static Iterator<Tuple2<Long, String>> failures(
            Iterator<Tuple2<Long, byte[]>> examples, ImageDecoder decoder) {
        return LazyIterator.map(examples, example -> {
            try {
                decoder.decode(EncodedExample.image(example._2()));
                return null;
            } catch (BadImageException e) {
                return new Tuple2<>(example._1(), EncodedExample.name(example._2()) + ": " + e.getMessage());
            }
        });
    }

    /** The examples of a source without those of some indexes; the others get new indexes. */
    private record Without(DataSource base, long[] left) implements DataSource {
        @Override
        public Description description() {
            Description all = base.description();
            return all.withCount(all.count() - left.length);
        }

        @Override
        public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
            long[] out = left;
            return base.examples(spark)
                    .filter(example -> Arrays.binarySearch(out, example._1()) < 0)
                    .mapToPair(example -> {
                        int before = -Arrays.binarySearch(out, example._1()) - 1;
                        return new Tuple2<>(example._1() - before, example._2());
                    });
        }

        @Override
        public String name() {
            return base.name();
        }
    }
}
