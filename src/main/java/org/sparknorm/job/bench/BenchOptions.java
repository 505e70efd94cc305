package org.sparknorm.job.bench;

import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.source.NoiseSource;
import org.sparknorm.tensor.Shape;
import picocli.CommandLine.Option;

/** The options of benchmarks of whole steps: how many steps, and on what images. */
final class BenchOptions {
    /** The number of batches that the generated images fill. */
    private static final int BATCHES = 2;

    @Option(names = "--size", defaultValue = "224", description = "Height and width of an image (${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--channels", defaultValue = "3", description = "Channels of an image (${DEFAULT-VALUE}).")
    private int channels;

    @Option(names = "--classes", defaultValue = "1000", description = "Classes (${DEFAULT-VALUE}).")
    private int classes;

    @Option(names = "--steps", defaultValue = "20", description = "Steps that are measured (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--warmup", defaultValue = "20", description = "Steps before those (${DEFAULT-VALUE}).")
    private int warmup;

    int steps() {
        return steps;
    }

    int warmup() {
        return warmup;
    }

    /** The shape {@code [H, W, C]} of a generated image. */
    Shape shape() {
        return Shape.of(size, size, channels);
    }

    /**
     * Plans a run of those steps on generated images or, where the arguments begin with a configuration file, on its
     * data.
     *
     * @param arguments {@code [CONF] [key=value ...]}
     */
    RunPlan plan(List<String> arguments, Configuration hadoop) {
        if (size < 1 || channels < 1 || classes < 1 || steps < 1 || warmup < 0) {
            throw new RefusedException("an option of the benchmark is too small", "give numbers above 0");
        }
        List<String> ownKeys = List.of("on-divergence=continue", "steps=" + (warmup + steps));
        if (!arguments.isEmpty() && !arguments.get(0).contains("=")) {
            ConfigSource source = ConfArgument.read(arguments.get(0), hadoop).with(ownKeys);
            return RunPlan.of(run(source, arguments.subList(1, arguments.size()), hadoop), hadoop);
        }
        RunConfig config = run(ConfigFiles.ofText("").with(ownKeys), arguments, hadoop);
        return RunPlan.of(config, NoiseSource.of(BATCHES * config.batchSize(), shape(), classes), null);
    }

    /** The configuration of a file with the assignments of the command line. */
    static RunConfig run(ConfigSource source, List<String> assignments, Configuration hadoop) {
        return AbsolutePaths.in(source.with(assignments), "bench", hadoop).toRunConfig();
    }

    /** The keys of the command line, and after them others that replace them. */
    static List<String> with(List<String> assignments, List<String> more) {
        return Stream.concat(assignments.stream(), more.stream()).toList();
    }
}
