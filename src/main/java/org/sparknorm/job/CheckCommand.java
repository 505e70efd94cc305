package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.train.BatchPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code check CONF [key=value ...]}: everything a run does before its first step, without Spark. */
@Command(name = "check", description = "Resolves and validates a configuration, shows the network and what it needs.")
final class CheckCommand implements Callable<Integer> {
    private static final double BYTES_A_MEBIBYTE = 1024.0 * 1024.0;

    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Keys that replace those of CONF.")
    private List<String> assignments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        PreparedRun run = PreparedRun.of(conf, assignments, hadoop);
        run.state(hadoop);
        Preparation prepared = run.preparation();
        System.out.println(run.configuration().source().resolvedText());
        printLayers(prepared.network());
        printPlan(prepared);
        printMemory(prepared);
        return 0;
    }

    private static void printLayers(Network network) {
        System.out.printf("%-36s %-16s %12s  %s%n", "layer", "output", "parameters", "tensors");
        for (Network.Row row : network.rows()) {
            List<Parameter> parameters = row.layer().parameters();
            System.out.printf(
                    "%-36s %-16s %12d  %s%n",
                    row.layer(),
                    row.output(),
                    parameters.stream().mapToInt(Parameter::size).sum(),
                    String.join(" ", parameters.stream().map(Parameter::name).toList()));
        }
        System.out.printf("%-36s %-16s %12d%n%n", "all", "", network.weightCount());
    }

    private static void printPlan(Preparation prepared) {
        BatchPlan plan = prepared.setup().plan();
        System.out.printf(
                "examples: %d for training, %s for validation%n",
                plan.examples(),
                prepared.validation() == null
                        ? "none"
                        : prepared.validation().description().count());
        long rest = plan.examples() % plan.batchSize();
        System.out.printf(
                "batches an epoch: %d of %d examples%s%n",
                plan.stepsPerEpoch(),
                plan.batchSize(),
                rest == 0 ? "" : plan.dropLast() ? ", " + rest + " examples left out" : ", the last of " + rest);
        System.out.printf("steps: %d%n", prepared.totalSteps());
    }

    /** Weights, gradients and activations are float32; what Spark itself needs is not counted. */
    private static void printMemory(Preparation prepared) {
        RunConfig config = prepared.config();
        Network network = prepared.network();
        long weights = (long) network.weightCount() * Float.BYTES;
        long share = prepared.setup().plan().share(0, config.batchSize());
        long activations = network.input().size();
        for (Network.Row row : network.rows()) {
            activations += 2L * row.output().size();
        }
        long slice = weights + share * activations * Float.BYTES;
        long optimizer = weights * optimizerCopies(config.optimizer());
        System.out.printf(
                "memory, driver: %.1f MiB (weights, gradient, optimizer)%n", mebibytes(3 * weights + optimizer));
        System.out.printf(
                "memory, a task: %.1f MiB for weights and %.1f MiB for each of its slices%n",
                mebibytes(weights), mebibytes(slice));
        long data = prepared.setup().plan().examples() * network.input().size();
        String bytes =
                prepared.run().encoded() ? "as large as the images' files" : "%.1f MiB".formatted(mebibytes(data));
        System.out.printf("examples on the executors' disks, memory-mapped: %s in all%n", bytes);
    }

    private static long optimizerCopies(OptimizerConfig optimizer) {
        return switch (optimizer.name()) {
            case SGD -> optimizer.momentum() == 0 ? 0 : 1;
            case ADAM -> 2;
        };
    }

    private static double mebibytes(long bytes) {
        return bytes / BYTES_A_MEBIBYTE;
    }
}
