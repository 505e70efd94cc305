package org.sparknorm.spark.source;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.Idx;
import org.sparknorm.data.Split;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/** Reads a folder with the files of MNIST or Fashion-MNIST under their original names, packed or not. */
final class IdxSource implements DataSource {
    private static final String IMAGES = "-images-idx3-ubyte";
    private static final String LABELS = "-labels-idx1-ubyte";
    private static final String PACKED = ".gz";

    private final String imagesFile;
    private final String folder;
    private final byte[] labels;
    private final Description description;

    private IdxSource(String folder, String imagesFile, byte[] labels, Description description) {
        this.folder = folder;
        this.imagesFile = imagesFile;
        this.labels = labels;
        this.description = description;
    }

    /** Reads the heads of both files, and all labels, which have one byte each. */
    static IdxSource open(String key, String folder, Split split, Configuration hadoop) {
        return InputPath.read(key, folder, hadoop, (files, path) -> {
            String prefix = split == Split.TRAIN ? "train" : "t10k";
            Path imagesPath = find(files, folder, prefix + IMAGES, key);
            Path labelsPath = find(files, folder, prefix + LABELS, key);
            Idx.Header head = header(files, imagesPath);
            byte[] labels = readLabels(files, labelsPath);
            if (labels.length != head.count()) {
                throw new RefusedException(
                        imagesPath.getName() + " has " + head.count() + " images, " + labelsPath.getName() + " "
                                + labels.length + " labels",
                        "fetch both files again");
            }
            if (labels.length == 0 || head.height() == 0 || head.width() == 0) {
                throw new RefusedException(imagesPath + " has no images", "give another folder");
            }
            Shape shape = Shape.of(head.height(), head.width(), 1);
            Description description = new Description(labels.length, shape, classes(labels));
            return new IdxSource(folder, imagesPath.toString(), labels, description);
        });
    }

    private static Path find(FileSystem files, String folder, String name, String key) throws IOException {
        for (String candidate : List.of(name, name + PACKED)) {
            Path path = new Path(folder, candidate);
            if (files.exists(path)) {
                return path;
            }
        }
        throw new RefusedException(
                key + " = " + folder + " holds neither " + name + " nor " + name + PACKED,
                "name the folder with the original files");
    }

    private static Idx openImages(FileSystem files, Path path) throws IOException {
        return Idx.images(files.open(path), files.getFileStatus(path).getLen(), path.toString());
    }

    private static Idx.Header header(FileSystem files, Path path) throws IOException {
        try (Idx images = openImages(files, path)) {
            return images.header();
        }
    }

    private static byte[] readLabels(FileSystem files, Path path) throws IOException {
        long length = files.getFileStatus(path).getLen();
        try (Idx file = Idx.labels(files.open(path), length, path.toString())) {
            byte[] labels = new byte[file.header().count()];
            file.read(labels);
            file.finish();
            return labels;
        }
    }

    private static int classes(byte[] labels) {
        int largest = 0;
        for (byte label : labels) {
            largest = Math.max(largest, Byte.toUnsignedInt(label));
        }
        return largest + 1;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public String name() {
        return folder;
    }

    /** One task reads the file from its beginning to its end: a packed file cannot be read from the middle. */
    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        byte[] allLabels = labels;
        int imageBytes = description.shape().size();
        return spark.parallelize(List.of(imagesFile), 1)
                .flatMapToPair(file -> read(file, hadoop.value(), allLabels, imageBytes));
    }

    private static Iterator<Tuple2<Long, byte[]>> read(String file, Configuration hadoop, byte[] labels, int imageBytes)
            throws IOException {
        Idx images = InputPath.readOnExecutor(file, hadoop, IdxSource::openImages);
        byte[] image = new byte[imageBytes];
        return LazyIterator.of(labels.length, i -> {
            images.read(image);
            if (i == labels.length - 1) {
                images.finish();
                images.close();
            }
            byte[] example = EncodedExample.allocate(imageBytes);
            EncodedExample.setLabel(example, Byte.toUnsignedInt(labels[i]));
            System.arraycopy(image, 0, example, EncodedExample.HEADER, imageBytes);
            return new Tuple2<>((long) i, example);
        });
    }
}
