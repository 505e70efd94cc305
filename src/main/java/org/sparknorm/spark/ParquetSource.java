package org.sparknorm.spark;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.tensor.Shape;

/**
 * A Parquet file, or a folder of them, with a column of image files and one of labels. Sorted names of the files, and in a
 * file its rows, are the order of the examples. Numbers of rows and the largest label come from the ends of the files; no
 * image is read for them.
 */
public final class ParquetSource implements DataSource {
    /** What {@code pack} writes beside the files: names of the classes, a line each. */
    public static final String CLASSES = "_classes.txt";

    private static final int CHANNELS = 3;

    private final String path;
    private final Shape shape;
    private final ParquetColumns columns;
    private final List<Part> parts;
    private final List<String> classNames;
    private final int classes;
    private final int count;

    /** Some row groups of a file that follow each other, and the index of their first row. */
    record Part(String file, int firstGroup, int groups, long firstIndex) implements Serializable {}

    private ParquetSource(
            String path, DataConfig config, List<FileStatus> files, FileSystem system, Configuration hadoop)
            throws IOException {
        this.path = path;
        int side = ImageFolderSource.side(config);
        this.shape = Shape.of(side, side, CHANNELS);
        this.columns = new ParquetColumns(config.imageColumn(), config.labelColumn());
        this.parts = new ArrayList<>();
        long rows = 0;
        long largest = -1;
        for (FileStatus file : files) {
            ParquetMetadata footer = footer(file, hadoop);
            columns.check(file.getPath().toString(), footer.getFileMetaData().getSchema());
            int group = 0;
            for (BlockMetaData block : footer.getBlocks()) {
                parts.add(new Part(file.getPath().toString(), group++, 1, rows));
                rows += block.getRowCount();
                largest = Math.max(largest, largestLabel(block));
            }
        }
        if (rows == 0) {
            throw new RefusedException(path + " holds no rows", "name files with examples");
        }
        this.count = Math.toIntExact(rows);
        this.classNames = classNames(system, files.get(0).getPath().getParent());
        this.classes = Math.max(classNames.size(), (int) largest + 1);
    }

    /** @throws RefusedException if there is no such Parquet, or it lacks a column */
    static ParquetSource open(String path, Split split, DataConfig config, Configuration hadoop) {
        return open("data." + split.word(), path, config, hadoop);
    }

    /** @param key of the configuration or command line, for messages */
    public static ParquetSource open(String key, String path, DataConfig config, Configuration hadoop) {
        try {
            FileSystem system = new Path(path).getFileSystem(hadoop);
            if (!system.exists(new Path(path))) {
                throw new RefusedException(key + " = " + path + " is not there", "check the path");
            }
            FileStatus[] found = system.getFileStatus(new Path(path)).isFile()
                    ? new FileStatus[] {system.getFileStatus(new Path(path))}
                    : system.listStatus(
                            new Path(path),
                            file -> !file.getName().startsWith("_")
                                    && !file.getName().startsWith(".")
                                    && file.getName().endsWith(".parquet"));
            if (found.length == 0) {
                throw new RefusedException(
                        key + " = " + path + " holds no .parquet files", "name a folder that pack has written");
            }
            Arrays.sort(found);
            return new ParquetSource(path, config, List.of(found), system, hadoop);
        } catch (IOException e) {
            throw new RefusedException(key + " = " + path + " cannot be read: " + e.getMessage(), "check the path");
        } catch (IllegalArgumentException e) {
            throw new RefusedException(key + " = " + path + " is no path: " + e.getMessage(), "check the path");
        }
    }

    private static ParquetMetadata footer(FileStatus file, Configuration hadoop) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromStatus(file, hadoop))) {
            return reader.getFooter();
        } catch (RuntimeException e) { // how the library says that it is no Parquet
            throw new RefusedException(file.getPath() + " is no Parquet: " + e.getMessage(), "remove it");
        }
    }

    /** -1 where the file does not say. */
    private long largestLabel(BlockMetaData block) {
        for (ColumnChunkMetaData column : block.getColumns()) {
            Statistics<?> statistics = column.getStatistics();
            boolean isLabel = column.getPath().toDotString().equals(columns.label());
            if (isLabel && statistics != null && statistics.hasNonNullValue()) {
                return ((Number) statistics.genericGetMax()).longValue();
            }
        }
        return -1;
    }

    private static List<String> classNames(FileSystem files, Path folder) throws IOException {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(files.open(new Path(folder, CLASSES)), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    @Override
    public Description description() {
        return new Description(count, shape, true, classes, classNames);
    }

    @Override
    public String name() {
        return path;
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        ParquetColumns read = columns;
        return spark.parallelize(parts, parts.size())
                .flatMapToPair(part -> new ParquetRows(part, read, hadoop.value()));
    }
}
