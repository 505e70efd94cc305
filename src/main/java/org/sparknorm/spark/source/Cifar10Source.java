package org.sparknorm.spark.source;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Cifar10;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.Split;
import scala.Tuple2;

/** Reads a folder with the binary files of CIFAR-10 under their original names, or one such file. */
final class Cifar10Source implements DataSource {
    private final String path;
    private final List<Part> parts;
    private final int count;

    /** A file, the number of its records, and the index of its first record. */
    private record Part(String file, int records, int first) implements Serializable {}

    private Cifar10Source(String path, List<Part> parts, int count) {
        this.path = path;
        this.parts = parts;
        this.count = count;
    }

    /** Counts the records by the lengths of the files. */
    static Cifar10Source open(String key, String path, Split split, Configuration hadoop) {
        return InputPath.read(key, path, hadoop, (files, root) -> {
            List<Part> parts = new ArrayList<>();
            int count = 0;
            for (FileStatus file : files(files, root, split, key)) {
                String name = file.getPath().toString();
                int records = Cifar10.records(file.getLen(), name);
                parts.add(new Part(name, records, count));
                count = Math.addExact(count, records);
            }
            return new Cifar10Source(path, parts, count);
        });
    }

    /** Lists the files of a split in the order of their names. */
    private static List<FileStatus> files(FileSystem files, Path path, Split split, String key) throws IOException {
        FileStatus status = files.getFileStatus(path);
        if (status.isFile()) {
            return List.of(status);
        }
        boolean trains = split == Split.TRAIN;
        String pattern = trains ? "data_batch_[0-9]\\.bin" : "test_batch\\.bin";
        List<FileStatus> found =
                new ArrayList<>(new FolderListing(files, name -> !name.matches(pattern)).entries(path));
        if (found.isEmpty()) {
            throw new RefusedException(
                    key + " = " + path + " holds no " + (trains ? "data_batch_1.bin" : "test_batch.bin"),
                    "name the folder with the original files, or one of the files");
        }
        found.sort(null);
        return found;
    }

    @Override
    public Description description() {
        return new Description(count, Cifar10.SHAPE, Cifar10.CLASSES);
    }

    @Override
    public String name() {
        return path;
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        return spark.parallelize(parts, parts.size()).flatMapToPair(part -> read(part, hadoop.value()));
    }

    private static Iterator<Tuple2<Long, byte[]>> read(Part part, Configuration hadoop) throws IOException {
        DataInputStream in = InputPath.readOnExecutor(part.file(), hadoop, (files, path) -> files.open(path));
        byte[] record = new byte[Cifar10.RECORD_BYTES];
        return LazyIterator.of(part.records(), i -> {
            try {
                in.readFully(record);
            } catch (EOFException e) {
                throw new RefusedException(part.file() + " ends too early", "fetch the file again");
            }
            if (i == part.records() - 1) {
                in.close();
            }
            byte[] example = EncodedExample.allocate(Cifar10.IMAGE_BYTES);
            EncodedExample.setLabel(example, Cifar10.label(record, i, part.file()));
            Cifar10.image(record, example, EncodedExample.HEADER);
            return new Tuple2<>(part.first() + (long) i, example);
        });
    }
}
