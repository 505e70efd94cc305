package org.sparknorm.ml;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.RefusedException;

/**
 * The Params for the columns that estimator and model share, with the names and defaults of Spark ML. An output whose
 * name is empty is left out.
 */
public record Columns(
        Param<String> features, Param<String> prediction, Param<String> probability, Param<String> rawPrediction) {
    static Columns of(Params stage) {
        Columns columns = new Columns(
                new Param<>(
                        stage,
                        "featuresCol",
                        "column of feature vectors, of images as Spark reads them, or of the bytes of image files"),
                new Param<>(stage, "predictionCol", "column for the likeliest class, a double"),
                new Param<>(stage, "probabilityCol", "column for the probabilities of all classes, a vector"),
                new Param<>(stage, "rawPredictionCol", "column for the logits of all classes, a vector"));
        stage.setDefault(columns.features, "features");
        stage.setDefault(columns.prediction, "prediction");
        stage.setDefault(columns.probability, "probability");
        stage.setDefault(columns.rawPrediction, "rawPrediction");
        return columns;
    }

    /**
     * Finds the type of an input column.
     *
     * @param setter the method that names this column, for the message
     * @throws RefusedException if there is no such column
     */
    static DataType type(StructType schema, String column, String setter) {
        for (StructField field : schema.fields()) {
            if (field.name().equals(column)) {
                return field.dataType();
            }
        }
        throw new RefusedException(
                "there is no column " + column + " among " + String.join(", ", schema.fieldNames()),
                "name one with " + setter);
    }

    /** Returns the schema with the output columns added after its own. */
    StructType appended(StructType schema, Params stage) {
        StructType result = schema;
        for (Map.Entry<Param<String>, DataType> output : outputs().entrySet()) {
            String name = stage.getOrDefault(output.getKey());
            if (Arrays.asList(schema.fieldNames()).contains(name)) {
                throw new RefusedException(
                        "there is a column " + name + " already",
                        "name another with " + output.getKey().name() + ", or drop it");
            }
            result = name.isEmpty() ? result : result.add(name, output.getValue(), false);
        }
        return result;
    }

    private Map<Param<String>, DataType> outputs() {
        Map<Param<String>, DataType> outputs = new LinkedHashMap<>();
        outputs.put(rawPrediction, SQLDataTypes.VectorType());
        outputs.put(probability, SQLDataTypes.VectorType());
        outputs.put(prediction, DataTypes.DoubleType);
        return outputs;
    }
}
