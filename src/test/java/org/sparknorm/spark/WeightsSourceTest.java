package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.endpoint.Attempt;
import org.sparknorm.spark.endpoint.DriverEndpoint;
import org.sparknorm.spark.endpoint.EndpointAddress;
import org.sparknorm.spark.endpoint.EndpointAllReduce;
import org.sparknorm.spark.endpoint.FloatsPayload;
import org.sparknorm.spark.endpoint.StepsJob;
import org.sparknorm.spark.endpoint.TrainingPayload;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;
import org.sparknorm.train.GradientSums;

/** Wherever a task gets its weights from, it reads the driver's, also after an update. */
class WeightsSourceTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(1);

    private static final Attempt ATTEMPT = new Attempt(5, 0);
    private static final double RATE = 0.1;

    private final RunPlan plan = RunPlan.of(
            Runs.config(Runs.BATCH_60 + "\noptimizer.name = adam"),
            SPARK.context().hadoopConfiguration());
    private final Network network = plan.network();
    private final OptimizerConfig config = plan.config().optimizer();
    private final float[] weights = new float[network.weightCount()];
    private final Optimizer optimizer = Optimizers.of(config, network);
    private DriverEndpoint endpoint;
    private EndpointAllReduce driver;

    @BeforeEach
    void begin() {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.cos(i);
        }
        endpoint = new DriverEndpoint(SparkEnv.get().rpcEnv(), Duration.ofMinutes(1));
        endpoint.onStart();
        endpoint.begin(
                new StepsJob(ATTEMPT, weights, result -> optimizer.step(weights, result.gradient(), RATE), () -> {}));
        driver = new EndpointAllReduce(
                new EndpointAddress("not asked for", endpoint).open(), Duration.ofMinutes(1), ATTEMPT);
    }

    @AfterEach
    void stop() {
        endpoint.onStop();
    }

    @Test
    void inTheDriversProcessTheWeightsAreTheDriversOwn() throws Exception {
        WeightsSource.TaskWeights task = open(new WeightsSource.InProcess());
        assertThat(task.first()).isSameAs(weights);
        float[] before = weights.clone();
        task.update().apply(5, GradientSums.ofSlice(1, 0, gradient()));
        assertThat(weights).isNotEqualTo(before);
    }

    @Test
    void requestedWeightsAreACopyForOneStep() throws Exception {
        WeightsSource.TaskWeights task = open(new WeightsSource.Requested());
        assertThat(task.first()).isNotSameAs(weights).isEqualTo(weights);
        assertThatThrownBy(() -> task.update().apply(5, GradientSums.ofSlice(1, 0, gradient())))
                .hasMessage("step 5 was to be the last with these weights");
    }

    @Test
    void broadcastWeightsAreThoseOfTheDriver() throws Exception {
        Broadcast<FloatsPayload> broadcast = SPARK.context().broadcast(copy(new FloatsPayload(weights)));
        assertThat(open(new WeightsSource.BroadcastOnce(broadcast)).first()).isEqualTo(weights);
    }

    /** Adam's state before these steps is not that of a new optimizer. */
    @Test
    void aTaskUpdatesItsCopyToTheBitAsTheDriverDoes() throws Exception {
        optimizer.step(weights, gradient(), RATE);
        Map<String, FloatsPayload> arrays = new HashMap<>();
        optimizer.state().arrays().forEach((name, values) -> arrays.put(name, new FloatsPayload(values)));
        TrainingPayload payload = copy(new TrainingPayload(
                new FloatsPayload(weights), optimizer.state().steps(), arrays));
        Broadcast<TrainingPayload> broadcast = SPARK.context().broadcast(payload);
        float[] before = weights.clone();
        WeightsSource.TaskWeights task =
                open(new WeightsSource.BroadcastWithOptimizer(broadcast, config, 5, new double[] {RATE, RATE, RATE}));
        for (long step = 5; step < 7; step++) {
            task.update().apply(step, GradientSums.ofSlice(1, 0, gradient()));
            assertThat(task.first()).as("after step %d", step).isEqualTo(weights);
        }
        assertThat(weights).isNotEqualTo(before);
        assertThat(broadcast.value().weights().values())
                .as("shared with other tasks")
                .isEqualTo(before);
    }

    private WeightsSource.TaskWeights open(WeightsSource source) throws InterruptedException {
        return source.open(driver, some -> Optimizers.of(some, network));
    }

    private float[] gradient() {
        float[] gradient = new float[weights.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) Math.sin(i + weights[i]);
        }
        return gradient;
    }

    /** As it reaches an executor. */
    @SuppressWarnings({"unchecked", "BanSerializableRead"}) // reads what the lines before wrote
    private static <T extends Serializable> T copy(T payload) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(payload);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
