package org.sparknorm.ml;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.RefusedException;

/** The columns that estimator and model have in common, under the names and defaults of Spark ML. An empty name leaves an output out. */
record Columns(
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

    /** The schema with the outputs behind it. */
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
