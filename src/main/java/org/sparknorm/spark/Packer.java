package org.sparknorm.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.data.image.EvaluationCrops;
import org.sparknorm.data.image.ImageDecoder;
import org.sparknorm.data.image.Picture;
import org.sparknorm.data.image.PictureWriter;
import org.sparknorm.spark.shim.Unchecked;
import org.sparknorm.spark.source.ImageFolderSource;
import org.sparknorm.spark.source.LazyIterator;
import org.sparknorm.spark.source.PackedFiles;
import scala.Tuple2;

/**
 * Packs the images of class folders into Parquet files of about the same number of images, in the order of their paths.
 */
public final class Packer {
    private static final StructType SCHEMA = new StructType()
            .add("image", DataTypes.BinaryType, false)
            .add("label", DataTypes.IntegerType, false)
            .add("class", DataTypes.StringType, false)
            .add(PackedFiles.PATH, DataTypes.StringType, false)
            .add("width", DataTypes.IntegerType, false)
            .add("height", DataTypes.IntegerType, false);

    /** Quality of the JPEGs that are made of larger images. */
    private static final float QUALITY = 0.92f;

    private Packer() {}

    /**
     * Says how images are packed.
     *
     * @param resizeShortSide pixels; images with a longer short side are made that small, as JPEGs; 0 keeps all bytes
     * @param parts number of files
     * @param skipBad whether bad images are left out; otherwise they end the job
     */
    public record Options(int resizeShortSide, int parts, boolean skipBad, long largestImage) implements Serializable {}

    /**
     * Packs into a new folder, which is complete only when this returns.
     *
     * @return a line {@code PATH: CAUSE} for each image that was left out, in order
     */
    public static List<String> pack(JavaSparkContext spark, ImageFolderSource source, Options options, String folder)
            throws IOException {
        SparkSession session = SparkSession.builder().getOrCreate();
        CollectionAccumulator<Tuple2<Long, String>> bad = spark.sc().collectionAccumulator("bad images");
        List<String> classNames = new ArrayList<>(source.description().classNames());
        spark.setJobDescription("pack " + source.name());
        JavaRDD<Row> rows = source.examplesIn(spark, options.parts())
                .mapPartitions(examples -> rows(examples, classNames, options, bad));
        try {
            session.createDataFrame(rows, SCHEMA)
                    .write()
                    .option("compression", "none")
                    // Images are large, so the size of a page is checked after each row.
                    .option("parquet.page.size.row.check.min", 1)
                    .parquet(folder);
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            throw Unchecked.sneak(Recovery.refusalIn(e));
        }
        // A repeated task reports its images again.
        Map<Long, String> messages = new TreeMap<>();
        bad.value().forEach(found -> messages.put(found._1(), found._2()));
        long expected = (long) source.description().count() - messages.size();
        if (expected == 0) {
            throw new RefusedException(
                    "all " + messages.size() + " images of " + source.name() + " are bad, the first for "
                            + messages.values().iterator().next(),
                    "check the data");
        }
        SharedOutput.check(session.read().parquet(SharedOutput.literal(folder)), expected);
        List<String> all = new ArrayList<>(source.leftOut());
        all.addAll(messages.values());
        return all;
    }

    private static Iterator<Row> rows(
            Iterator<Tuple2<Long, byte[]>> examples,
            List<String> classNames,
            Options options,
            CollectionAccumulator<Tuple2<Long, String>> bad) {
        ImageDecoder decoder = new ImageDecoder(options.largestImage());
        return LazyIterator.map(examples, example -> {
            try {
                return row(example._2(), decoder, classNames, options.resizeShortSide());
            } catch (BadImageException e) {
                String message = EncodedExample.name(example._2()) + ": " + e.getMessage();
                if (!options.skipBad()) {
                    throw new RefusedException(message, "remove it, or leave out bad-images=fail");
                }
                bad.add(new Tuple2<>(example._1(), message));
                return null;
            }
        });
    }

    private static Row row(byte[] example, ImageDecoder decoder, List<String> classNames, int shortSide)
            throws BadImageException {
        byte[] image = EncodedExample.image(example);
        Picture picture = decoder.decode(image);
        if (shortSide > 0 && Math.min(picture.width(), picture.height()) > shortSide) {
            picture = EvaluationCrops.shortSide(picture, shortSide);
            image = PictureWriter.jpeg(picture, QUALITY);
        }
        int label = EncodedExample.label(example);
        String name = EncodedExample.name(example);
        return RowFactory.create(image, label, classNames.get(label), name, picture.width(), picture.height());
    }
}
