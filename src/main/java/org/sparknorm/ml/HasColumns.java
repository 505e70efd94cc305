package org.sparknorm.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * Getters and setters of the Params in {@link Columns}, written once for estimator and model as Spark's own shared
 * Params are. It is public because Spark finds Params by reflection.
 *
 * @param <S> the stage itself, which its setters return
 */
public interface HasColumns<S extends Params> extends Params {
    /** The Params that the getters return. */
    Columns columns();

    default Param<String> featuresCol() {
        return columns().features();
    }

    default Param<String> predictionCol() {
        return columns().prediction();
    }

    default Param<String> probabilityCol() {
        return columns().probability();
    }

    default Param<String> rawPredictionCol() {
        return columns().rawPrediction();
    }

    default S setFeaturesCol(String value) {
        return with(featuresCol(), value);
    }

    default S setPredictionCol(String value) {
        return with(predictionCol(), value);
    }

    default S setProbabilityCol(String value) {
        return with(probabilityCol(), value);
    }

    default S setRawPredictionCol(String value) {
        return with(rawPredictionCol(), value);
    }

    @SuppressWarnings("unchecked") // set returns the stage, which names itself as S
    private S with(Param<String> column, String value) {
        return (S) set(column, value);
    }
}
