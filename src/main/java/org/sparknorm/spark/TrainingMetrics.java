package org.sparknorm.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;
import org.sparknorm.data.Split;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;

/**
 * A source of Spark's metrics, {@code sparknorm}, which reports the run to whatever sinks Spark is configured with:
 * Prometheus, JMX, Graphite. Gauges show the last step and the last evaluation, and NaN before the first.
 */
public final class TrainingMetrics implements Source, TrainingListener, AutoCloseable {
    private static final String NAME = "sparknorm";

    private final String name;
    private final MetricRegistry registry = new MetricRegistry();
    private volatile Step step;
    private volatile Evaluation evaluation;

    private TrainingMetrics(String name) {
        this.name = name;
        ofStep("step", Step::step);
        ofStep("loss", Step::loss);
        ofStep("accuracy", Step::accuracy);
        ofStep("learningRate", Step::learningRate);
        ofStep("secondsAStep", Step::seconds);
        ofStep("stepsPerSecond", last -> 1 / last.seconds());
        ofStep("imagesPerSecond", last -> last.examples() / last.seconds());
        ofStep("secondsWaitingForStatistics", last -> last.times().statistics());
        ofEvaluation("validationLoss", Evaluation::loss);
        ofEvaluation("validationTop1", Evaluation::top1);
    }

    /**
     * Registers the run with Spark's metrics system until it is closed.
     *
     * @param run the run's name, which is part of the source's where the run is not alone in its application
     */
    public static TrainingMetrics register(String run, boolean isAlone) {
        TrainingMetrics metrics = new TrainingMetrics(isAlone ? NAME : NAME + "." + run);
        SparkEnv.get().metricsSystem().registerSource(metrics);
        return metrics;
    }

    private void ofStep(String name, ToDoubleFunction<Step> value) {
        registry.register(name, (Gauge<Double>) () -> {
            Step last = step;
            return last == null ? Double.NaN : value.applyAsDouble(last);
        });
    }

    private void ofEvaluation(String name, ToDoubleFunction<Evaluation> value) {
        registry.register(name, (Gauge<Double>) () -> {
            Evaluation last = evaluation;
            return last == null ? Double.NaN : value.applyAsDouble(last);
        });
    }

    @Override
    public String sourceName() {
        return name;
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    @Override
    public void onStep(Step made) {
        step = made;
    }

    @Override
    public void onEvaluation(long number, Split split, Evaluation made) {
        evaluation = made;
    }

    @Override
    public void close() {
        SparkEnv.get().metricsSystem().removeSource(this);
    }
}
