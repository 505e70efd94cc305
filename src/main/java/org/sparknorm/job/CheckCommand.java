package org.sparknorm.job;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.RunConfig;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.run.HeapLayout;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.train.BatchPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code check CONF [key=value ...]} does everything that a run does before its first step, without Spark. */
@Command(name = "check", description = "Resolves and validates a configuration, shows the network and what it needs.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        PreparedRun run = PreparedRun.of(parameters.conf(), parameters.arguments(), hadoop);
        run.state(hadoop);
        RunPlan plan = run.plan();
        System.out.println(run.source().text());
        printLayers(plan.network());
        printPlan(plan);
        printMemory(plan);
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

    private static void printPlan(RunPlan plan) {
        BatchPlan batches = plan.settings().plan();
        System.out.printf(
                "examples: %d for training, %s for validation%n",
                batches.examples(),
                plan.validation() == null
                        ? "none"
                        : plan.validation().description().count());
        long rest = batches.examples() % batches.batchSize();
        System.out.printf(
                "batches per epoch: %d of %d examples%s%n",
                batches.stepsPerEpoch(),
                batches.batchSize(),
                rest == 0 ? "" : batches.dropLast() ? ", " + rest + " examples left out" : ", the last of " + rest);
        System.out.printf("steps: %d%n", plan.totalSteps());
    }

    /** Prints the need of heap, on a cluster for one executor with all slices and for one executor per partition. */
    private static void printMemory(RunPlan plan) {
        RunConfig config = plan.config();
        MemoryNeed need = new MemoryNeed(plan, HeapLayout.ofThisProcess());
        MemoryNeed executor = new MemoryNeed(plan, HeapLayout.PACKED);
        int partitions = config.partitions().or(config.slices());
        System.out.printf(
                "heap in local mode: %s%nheap on a cluster: driver %s, an executor %s",
                MemoryNeed.text(need.singleProcessBytes()),
                MemoryNeed.text(need.driverBytes()),
                MemoryNeed.text(executor.executorBytes(1)));
        if (partitions > 1) {
            System.out.printf(", one of %d %s", partitions, MemoryNeed.text(executor.executorBytes(partitions)));
        }
        System.out.println();
        long data = plan.settings().plan().examples() * plan.network().input().size();
        String bytes = plan.spec().encoded() ? "as large as the images' files" : MemoryNeed.text(data);
        System.out.printf("examples on the executors' disks, memory-mapped: %s in all%n", bytes);
    }
}
