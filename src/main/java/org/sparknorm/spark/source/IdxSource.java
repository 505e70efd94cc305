package org.sparknorm.spark.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** A folder with the files of MNIST or Fashion-MNIST under their original names, packed or not. */
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

    /** Reads the heads of both files and all labels, which are a byte each. */
    static IdxSource open(String folder, Split split, Configuration hadoop) {
        String prefix = split == Split.TRAIN ? "train" : "t10k";
        String key = "data." + split.word();
        try {
            FileSystem files = new Path(folder).getFileSystem(hadoop);
            if (!files.exists(new Path(folder))) {
                throw new RefusedException(key + " = " + folder + " is not there", "check the path");
            }
            Path imagesPath = find(files, folder, prefix + IMAGES, key);
            Path labelsPath = find(files, folder, prefix + LABELS, key);
            Idx.Header head = imagesHeader(files, imagesPath);
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
        } catch (IOException e) {
            throw new RefusedException(key + " = " + folder + " cannot be read: " + e.getMessage(), "check the path");
        } catch (IllegalArgumentException e) {
            throw new RefusedException(key + " = " + folder + " is no path: " + e.getMessage(), "check the path");
        }
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

    private static Idx.Header imagesHeader(FileSystem files, Path path) throws IOException {
        long length = files.getFileStatus(path).getLen();
        try (Idx images = Idx.images(files.open(path), length, path.toString())) {
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

    /** One task reads the file from front to end: it may be packed, which cannot be read from the middle. */
    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        String file = imagesFile;
        byte[] allLabels = labels;
        int imageBytes = description.shape().size();
        return spark.parallelize(List.of(file), 1)
                .flatMapToPair(path -> new Reader(new Path(path), hadoop.value(), allLabels, imageBytes));
    }

    private static final class Reader implements Iterator<Tuple2<Long, byte[]>> {
        private final Idx images;
        private final byte[] labels;
        private final byte[] image;
        private int next;
        private boolean finished;

        Reader(Path path, Configuration hadoop, byte[] labels, int imageBytes) throws IOException {
            try {
                FileSystem files = path.getFileSystem(hadoop);
                long length = files.getFileStatus(path).getLen();
                this.images = Idx.images(files.open(path), length, path.toString());
            } catch (FileNotFoundException e) {
                throw new RefusedException(
                        path + " is not there on this executor", "put the data where all machines see it");
            }
            this.labels = labels;
            this.image = new byte[imageBytes];
        }

        @Override
        public boolean hasNext() {
            if (next < labels.length) {
                return true;
            }
            if (finished) {
                return false;
            }
            finished = true;
            try {
                images.finish();
                images.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return false;
        }

        @Override
        public Tuple2<Long, byte[]> next() {
            try {
                images.read(image);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            byte[] example = EncodedExample.allocate(image.length);
            EncodedExample.setLabel(example, Byte.toUnsignedInt(labels[next]));
            System.arraycopy(image, 0, example, EncodedExample.HEADER, image.length);
            return new Tuple2<>((long) next++, example);
        }
    }
}
