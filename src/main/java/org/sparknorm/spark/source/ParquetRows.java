package org.sparknorm.spark.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import scala.Tuple2;

/** Reads the rows of a row group as examples, and of their columns only those it needs. */
final class ParquetRows {
    private final RowGroup part;
    private final ParquetColumns columns;
    private final ParquetFileReader reader;
    private final boolean hasPath;
    private final RecordReader<Group> records;
    private final int count;

    /** A row group of a file, and the index of its first row. */
    record RowGroup(String file, int number, long firstIndex) implements Serializable {}

    /** @throws RefusedException if the file does not exist or is damaged */
    static Iterator<Tuple2<Long, byte[]>> read(RowGroup part, ParquetColumns columns, Configuration hadoop)
            throws IOException {
        ParquetRows rows = new ParquetRows(part, columns, hadoop);
        return LazyIterator.of(rows.count, i -> rows.example(part.firstIndex() + i));
    }

    private ParquetRows(RowGroup part, ParquetColumns columns, Configuration hadoop) throws IOException {
        this.part = part;
        this.columns = columns;
        try {
            this.reader = InputPath.readOnExecutor(
                    part.file(), hadoop, (files, path) -> reader(HadoopInputFile.fromPath(path, hadoop), hadoop));
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close());
            MessageType schema = reader.getFooter().getFileMetaData().getSchema();
            this.hasPath = ParquetColumns.hasPath(schema);
            MessageType wanted = wanted(schema);
            reader.setRequestedSchema(wanted);
            PageReadStore pages = reader.readRowGroup(part.number());
            this.count = Math.toIntExact(pages.getRowCount());
            this.records =
                    new ColumnIOFactory().getColumnIO(wanted).getRecordReader(pages, new GroupRecordConverter(wanted));
        } catch (RefusedException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // thrown by the library for damaged files
            throw unreadable(e);
        }
    }

    /**
     * Opens a file without the library's own options, which would read the files of Hadoop's configuration every time.
     */
    static ParquetFileReader reader(InputFile file, Configuration hadoop) throws IOException {
        return ParquetFileReader.open(file, HadoopReadOptions.builder(hadoop).build());
    }

    private RefusedException unreadable(Exception e) {
        return new RefusedException(part.file() + " cannot be read: " + e, "write it again, or leave it out");
    }

    private void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MessageType wanted(MessageType schema) {
        List<Type> types = new ArrayList<>();
        for (Type type : schema.getFields()) {
            boolean isImage = type.getName().equals(columns.image().split("\\.", -1)[0]);
            boolean isLabel = columns.label() != null
                    && type.getName().equals(columns.label().split("\\.", -1)[0]);
            if (isImage || isLabel || type.getName().equals(PackedFiles.PATH)) {
                types.add(type);
            }
        }
        return new MessageType(schema.getName(), types);
    }

    private Tuple2<Long, byte[]> example(long index) {
        Group row = read();
        String name = hasPath && row.getFieldRepetitionCount(PackedFiles.PATH) > 0
                ? row.getString(PackedFiles.PATH, 0)
                : "row " + index + " of the data, in " + part.file();
        return new Tuple2<>(index, EncodedExample.of(label(row, name), name, image(row, name)));
    }

    private Group read() {
        try {
            return records.read();
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private byte[] image(Group row, String name) {
        String[] path = columns.image().split("\\.", -1);
        Group group = holder(row, path);
        String field = path[path.length - 1];
        if (group == null || group.getFieldRepetitionCount(field) == 0) {
            throw new RefusedException(name + " has no image", "leave such rows out of the file");
        }
        return group.getBinary(field, 0).getBytes();
    }

    /** The label of a row; -1 where labels are not known. */
    private int label(Group row, String name) {
        if (columns.label() == null) {
            return -1;
        }
        String[] path = columns.label().split("\\.", -1);
        Group group = holder(row, path);
        String field = path[path.length - 1];
        if (group == null || group.getFieldRepetitionCount(field) == 0) {
            throw new RefusedException(name + " has no label", "leave such rows out of the file");
        }
        boolean isInt = group.getType().getType(field).asPrimitiveType().getPrimitiveTypeName().javaType == int.class;
        long label = isInt ? group.getInteger(field, 0) : group.getLong(field, 0);
        if (label < 0 || label > Integer.MAX_VALUE) {
            throw new RefusedException(name + " has label " + label, "labels are whole numbers from 0 on");
        }
        return (int) label;
    }

    /** The structure that holds the field which the path ends with; null where it is missing. */
    private static Group holder(Group row, String[] path) {
        Group group = row;
        for (int i = 0; i < path.length - 1; i++) {
            if (group.getFieldRepetitionCount(path[i]) == 0) {
                return null;
            }
            group = group.getGroup(path[i], 0);
        }
        return group;
    }
}
