package org.sparknorm.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.data.DealOrder;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.SliceExamples;
import org.sparknorm.train.SliceGroup;

/**
 * Brings all examples of a small source to the driver's process, in the slices that executors would have, for a
 * comparison with executors.
 */
public final class DriverExamples {
    private DriverExamples() {}

    /**
     * The slices of a source, with their examples and replicas.
     *
     * @param shuffled whether they are dealt in the order that follows from the seed
     */
    public static SliceGroup fetch(
            JavaSparkContext spark,
            DataSource source,
            NetworkSpec run,
            ReplicaSettings setup,
            boolean shuffled,
            String blasName)
            throws IOException {
        DealOrder order = new DealOrder(setup.plan().examples(), setup.seed(), shuffled);
        SliceAssignment one = SliceAssignment.of(setup.plan().slices(), 1, 0);
        List<DealtExamples> slices = Dealer.atDriver(spark, source, new Dealer.Deal(run, setup, order, one, blasName));
        Blas blas = BlasLibrary.load(blasName);
        return new SliceGroup(setup, 0, List.<SliceExamples>copyOf(slices), () -> run.network(blas));
    }
}
