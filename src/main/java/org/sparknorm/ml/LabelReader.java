package org.sparknorm.ml;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.RefusedException;

/** Reads the column of labels. */
final class LabelReader {
    private LabelReader() {}

    /** @throws RefusedException if there is no such column, or it holds no numbers */
    static void check(StructType schema, String column) {
        DataType type = Columns.type(schema, column, "setLabelCol");
        if (!(type instanceof NumericType)) {
            throw new RefusedException(
                    "column " + column + " is of type " + type.simpleString(),
                    "labels are numbers; StringIndexer makes them of text");
        }
    }

    /** @throws RefusedException if the row's label is not a whole number */
    static int label(Row row, int column) {
        double label = row.isNullAt(column) ? Double.NaN : ((Number) row.get(column)).doubleValue();
        if (label != (int) label) {
            throw new RefusedException("a row has label " + label, "labels are whole numbers from 0 on");
        }
        return (int) label;
    }
}
