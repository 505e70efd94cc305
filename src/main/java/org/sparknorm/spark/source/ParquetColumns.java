package org.sparknorm.spark.source;

import java.io.Serializable;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.sparknorm.config.RefusedException;

/**
 * Names the columns that hold the examples.
 *
 * @param image column of bytes, or a field of a structure, such as {@code image.bytes}
 * @param label column of whole numbers; null where labels are not known
 */
record ParquetColumns(String image, String label) implements Serializable {
    /** @throws RefusedException if a column does not exist or has another type */
    void check(String file, MessageType schema) {
        require(file, schema, "data.image-column", image, PrimitiveTypeName.BINARY);
        if (label != null) {
            require(file, schema, "data.label-column", label, PrimitiveTypeName.INT32, PrimitiveTypeName.INT64);
        }
    }

    private static void require(
            String file, MessageType schema, String key, String column, PrimitiveTypeName... allowed) {
        String[] names = column.split("\\.", -1);
        if (!schema.containsPath(names)) {
            throw new RefusedException(
                    file + " has no column " + column + ", but " + columns(schema), "name one with " + key + "=COLUMN");
        }
        Type type = schema.getType(names);
        for (PrimitiveTypeName one : allowed) {
            if (type.isPrimitive() && type.asPrimitiveType().getPrimitiveTypeName() == one) {
                return;
            }
        }
        throw new RefusedException(
                "column " + column + " of " + file + " is " + type + ", not "
                        + (allowed.length == 1 ? "bytes" : "whole numbers"),
                "name another with " + key + "=COLUMN");
    }

    private static String columns(MessageType schema) {
        return String.join(
                ", ",
                schema.getPaths().stream().map(path -> String.join(".", path)).toList());
    }

    /** Whether there is a column of paths; in files of other origin a column of that name may hold something else. */
    static boolean hasPath(MessageType schema) {
        return schema.containsField(PackedFiles.PATH)
                && schema.getType(PackedFiles.PATH).isPrimitive()
                && schema.getType(PackedFiles.PATH).asPrimitiveType().getPrimitiveTypeName()
                        == PrimitiveTypeName.BINARY;
    }
}
