package org.sparknorm.spark.source;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleShape;
import org.sparknorm.tensor.Shape;

/**
 * Reads a Parquet file, or a folder of such files, with a column of image files and a column of labels. The examples
 * have the order of the sorted names of the files, and in each file the order of its rows. The driver reads only the
 * footers of the files, for the number of rows and the largest label.
 */
final class ParquetSource implements DataSource {
    private static final String EXTENSION = ".parquet";
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    /** Folders next to the files of a table, by which its format is known. */
    private static final Map<String, String> TABLE_FORMATS =
            Map.of("_delta_log", "Delta Lake", "metadata", "Iceberg", ".hoodie", "Hudi");

    private final String path;
    private final Shape shape;
    private final ParquetColumns columns;
    private final List<ParquetRows.RowGroup> parts;
    private final List<String> classNames;
    private final int classes;
    private final int count;

    private ParquetSource(String path, Shape shape, ParquetColumns columns, List<String> classNames, Rows rows) {
        this.path = path;
        this.shape = shape;
        this.columns = columns;
        this.classNames = classNames;
        this.parts = rows.parts();
        this.count = rows.count();
        this.classes = Math.max(classNames.size(), rows.largestLabel() + 1);
    }

    /** @throws RefusedException if there is no such Parquet, or it lacks a column */
    static ParquetSource open(String key, String path, DataConfig config, Configuration hadoop) {
        return open(key, path, new ParquetColumns(config.imageColumn(), config.labelColumn()), config, hadoop);
    }

    /**
     * Opens rows for predictions. Their labels are used only where the files name the same classes as the model.
     *
     * @param key key of the command line, for messages
     * @param known names of the model's classes; empty where it does not know them
     */
    static ParquetSource ofAnyRows(
            String key, String path, List<String> known, DataConfig config, Configuration hadoop) {
        ParquetColumns unlabelled = new ParquetColumns(config.imageColumn(), null);
        ParquetSource images = open(key, path, unlabelled, config, hadoop);
        if (known.isEmpty() || !known.equals(images.classNames)) {
            return images;
        }
        return open(key, path, config, hadoop);
    }

    private static ParquetSource open(
            String key, String path, ParquetColumns columns, DataConfig config, Configuration hadoop) {
        Shape shape = ExampleShape.ofImages(config);
        return InputPath.read(key, path, hadoop, (system, root) -> {
            List<FileStatus> files = files(system, root, key + " = " + path);
            if (files.isEmpty()) {
                throw new RefusedException(
                        key + " = " + path + " holds no " + EXTENSION + " files",
                        "name a folder that pack has written");
            }
            Rows rows = rows(files, columns, hadoop);
            if (rows.count() == 0) {
                throw new RefusedException(key + " = " + path + " holds no rows", "name files with examples");
            }
            List<String> classNames = classNames(system, files.get(0).getPath().getParent());
            return new ParquetSource(path, shape, columns, classNames, rows);
        });
    }

    /**
     * Lists the files in the order of their names.
     *
     * @throws RefusedException if other files or folders decide which of their rows count
     */
    private static List<FileStatus> files(FileSystem system, Path path, String named) throws IOException {
        FileStatus status = system.getFileStatus(path);
        if (status.isFile()) {
            return List.of(status);
        }
        List<FileStatus> found = new ArrayList<>();
        String unread = null;
        for (FileStatus entry : new FolderListing(system, ParquetSource::isIgnored).entries(path)) {
            String name = entry.getPath().getName();
            if (entry.isDirectory() && TABLE_FORMATS.containsKey(name)) {
                throw new RefusedException(
                        named + " is a table of " + TABLE_FORMATS.get(name)
                                + ", which says which rows of its files count",
                        "write the table's rows to a folder of plain Parquet files");
            }
            if (entry.isDirectory()) {
                unread = name;
            } else if (name.endsWith(EXTENSION) || isParquet(system, entry)) {
                found.add(entry);
            }
        }
        if (unread != null && !found.isEmpty()) {
            throw new RefusedException(
                    named + " holds the folder " + unread + ", which would not be read",
                    "name a folder that holds all its files itself; let a column have the labels");
        }
        found.sort(null);
        SplitNames.checkFiles(
                named, found.stream().map(file -> file.getPath().getName()).toList());
        return found;
    }

    private static boolean isIgnored(String name) {
        boolean isHidden = name.startsWith("_") || name.startsWith(".");
        return isHidden && !TABLE_FORMATS.containsKey(name);
    }

    /** Whether a file begins as Parquet does, whatever its name. */
    private static boolean isParquet(FileSystem system, FileStatus file) throws IOException {
        try (InputStream in = system.open(file.getPath())) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }

    /**
     * What the footers of the files say.
     *
     * @param largestLabel -1 where they do not give one
     */
    private record Rows(List<ParquetRows.RowGroup> parts, int count, int largestLabel) {}

    private static Rows rows(List<FileStatus> files, ParquetColumns columns, Configuration hadoop) throws IOException {
        List<ParquetRows.RowGroup> parts = new ArrayList<>();
        long rows = 0;
        long largest = -1;
        for (FileStatus file : files) {
            String name = file.getPath().toString();
            ParquetMetadata footer = footer(file, hadoop);
            columns.check(name, footer.getFileMetaData().getSchema());
            List<BlockMetaData> groups = footer.getBlocks();
            for (int group = 0; group < groups.size(); group++) {
                long more = groups.get(group).getRowCount();
                if (more > Integer.MAX_VALUE - rows) {
                    throw new RefusedException("there are more than 2^31 - 1 rows up to " + name, "name fewer files");
                }
                if (more > 0) {
                    parts.add(new ParquetRows.RowGroup(name, group, rows));
                    rows += more;
                    largest = Math.max(largest, largestLabel(groups.get(group), columns));
                }
            }
        }
        return new Rows(parts, (int) rows, (int) Math.min(largest, Integer.MAX_VALUE - 1));
    }

    private static ParquetMetadata footer(FileStatus file, Configuration hadoop) throws IOException {
        try (ParquetFileReader reader = ParquetRows.reader(HadoopInputFile.fromStatus(file, hadoop), hadoop)) {
            return reader.getFooter();
        } catch (RuntimeException e) { // thrown by the library for what is no Parquet
            throw new RefusedException(file.getPath() + " is no Parquet: " + e.getMessage(), "remove it");
        }
    }

    /** The largest label of a row group; -1 where the file does not give it. */
    private static long largestLabel(BlockMetaData block, ParquetColumns columns) {
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
                new InputStreamReader(files.open(new Path(folder, PackedFiles.CLASSES)), StandardCharsets.UTF_8))) {
            return in.lines().toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    @Override
    public Description description() {
        return new Description(count, shape, ExampleForm.FILE, classes, classNames);
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
                .flatMapToPair(part -> ParquetRows.read(part, read, hadoop.value()));
    }
}
