package org.sparknorm.spark.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import scala.Tuple2;

/** The rows of a row group as examples; of other columns nothing is read. */
final class ParquetRows implements Iterator<Tuple2<Long, byte[]>> {
    private final ParquetSource.Part part;
    private final ParquetColumns columns;
    private final ParquetFileReader reader;
    private final boolean hasPath;
    private final RecordReader<Group> records;
    private long index;
    private long left;

    /** @throws RefusedException if the file is not there or damaged */
    ParquetRows(ParquetSource.Part part, ParquetColumns columns, Configuration hadoop) {
        this.part = part;
        this.columns = columns;
        try {
            this.reader = ParquetSource.reader(HadoopInputFile.fromPath(new Path(part.file()), hadoop), hadoop);
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close());
            MessageType schema = reader.getFooter().getFileMetaData().getSchema();
            this.hasPath = ParquetColumns.hasPath(schema);
            MessageType wanted = wanted(schema);
            this.index = part.firstIndex();
            reader.setRequestedSchema(wanted);
            PageReadStore pages = reader.readRowGroup(part.group());
            this.left = pages.getRowCount();
            this.records =
                    new ColumnIOFactory().getColumnIO(wanted).getRecordReader(pages, new GroupRecordConverter(wanted));
        } catch (FileNotFoundException e) {
            throw new RefusedException(
                    part.file() + " is not there on this executor", "put the data where all machines see it");
        } catch (IOException | RuntimeException e) { // how the library says that a file is damaged
            throw unreadable(e);
        }
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
            if (isImage || isLabel || type.getName().equals(ParquetColumns.PATH)) {
                types.add(type);
            }
        }
        return new MessageType(schema.getName(), types);
    }

    @Override
    public boolean hasNext() {
        return left > 0;
    }

    @Override
    public Tuple2<Long, byte[]> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Group row = read();
        String name = hasPath && row.getFieldRepetitionCount(ParquetColumns.PATH) > 0
                ? row.getString(ParquetColumns.PATH, 0)
                : "row " + index + " of the data, in " + part.file();
        left--;
        return new Tuple2<>(index++, EncodedExample.of(label(row, name), name, image(row, name)));
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

    /** -1 where labels are not known. */
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

    /** The structure that the last name of a path is a field of; null where it is missing. */
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
