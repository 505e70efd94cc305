package org.sparknorm.run;

import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.shim.NoClosureCleaningContext;

/** Spark as a run needs it. What the user set with {@code --conf} stays. */
public final class SparkStart {
    private static final String STAGE_ATTEMPTS = "spark.stage.maxConsecutiveAttempts";
    private static final String SPARKS_STAGE_ATTEMPTS = "4";

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            // A task goes where its Host is or not at all; waiting for a better place would cost 3 s a step.
            Map.entry("spark.locality.wait", "0"),
            // Retrying is ours: Spark would repeat a barrier stage without a check for slots.
            Map.entry(STAGE_ATTEMPTS, "1"),
            // And waiting for slots: a job that comes just after an executor was lost would be looked at 40 times,
            // every 15 s.
            Map.entry("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s"),
            Map.entry("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "1"),
            // Gradients and weights do not compress.
            Map.entry("spark.broadcast.compress", "false"),
            Map.entry("spark.shuffle.compress", "false"),
            // A gradient above 1 MB would else be stored and fetched, which takes 5 ms more.
            Map.entry("spark.task.maxDirectResultSize", "16m"),
            // TCP has checksums of its own; these take as long as the copying.
            Map.entry("spark.broadcast.checksum", "false"),
            // Activations are large arrays, and loops with vectors slow until they are compiled for good; jobs/submit
            // gives the driver the same.
            Map.entry(
                    "spark.executor.defaultJavaOptions",
                    "-XX:+UseTransparentHugePages -XX:CompileCommand=quiet"
                            + " -XX:CompileCommand=CompileThresholdScaling,org.sparknorm.tensor.Vector*::*,0.1"
                            + " -XX:CompileCommand=CompileThresholdScaling,org.sparknorm.tensor.convolution.Vector*::*,0.1"),
            // The gauges of a run, and Spark's own, for Prometheus, on the driver's pages.
            Map.entry(
                    "spark.metrics.conf.driver.sink.prometheusServlet.class",
                    "org.apache.spark.metrics.sink.PrometheusServlet"),
            Map.entry("spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus"),
            // A step is a job: without a bound the driver's memory would grow with them.
            Map.entry("spark.ui.retainedJobs", "100"),
            Map.entry("spark.ui.retainedStages", "100"),
            Map.entry("spark.ui.retainedTasks", "1000"));

    private static final String MASTER = "spark.master";
    private static final String DEFAULT_MASTER = "local[*]";
    private static final long SMALLEST_BLOCK = 64 << 10;
    private static final long LARGEST_BLOCK = 4 << 20;
    private static final long BLOCKS_A_BROADCAST = 8;

    private SparkStart() {}

    /** Whether the driver's process is the only one. */
    public static boolean isLocal() {
        String master = new SparkConf().get(MASTER, DEFAULT_MASTER);
        return master.equals("local") || master.startsWith("local[");
    }

    public static Configuration hadoop() {
        return SparkHadoopUtil.get().newConfiguration(new SparkConf());
    }

    /**
     * For commands that make no steps: Spark may repeat their stages, of which only the deals, which nothing comes behind,
     * are barrier stages.
     *
     * @param weightBytes see {@link #context}
     */
    public static JavaSparkContext inferenceContext(String name, long weightBytes) {
        SparkConf conf = new SparkConf();
        conf.setIfMissing(STAGE_ATTEMPTS, SPARKS_STAGE_ATTEMPTS);
        return context(conf, name, weightBytes);
    }

    /**
     * @param weightBytes size of the model: Spark allocates and clears whole broadcast blocks, of 4 MB unless told, in
     *     every job, however little goes into them
     */
    public static JavaSparkContext context(String name, long weightBytes) {
        return context(new SparkConf(), name, weightBytes);
    }

    /** In this process, with that many slots, whatever its cores. */
    public static JavaSparkContext localContext(String name, long weightBytes, int slots) {
        SparkConf conf = new SparkConf();
        conf.set(MASTER, "local[" + slots + "]");
        return context(conf, name, weightBytes);
    }

    private static JavaSparkContext context(SparkConf conf, String name, long weightBytes) {
        conf.setAppName(name);
        conf.setIfMissing(MASTER, DEFAULT_MASTER);
        DEFAULTS.forEach(conf::setIfMissing);
        long block = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, weightBytes / BLOCKS_A_BROADCAST));
        conf.setIfMissing("spark.broadcast.blockSize", block + "b");
        checkAllocation(conf, "pass --conf spark.dynamicAllocation.enabled=false");
        return new JavaSparkContext(new NoClosureCleaningContext(conf));
    }

    /**
     * @param advice how to switch dynamic allocation off
     * @throws RefusedException if an application with that configuration cannot run barrier stages
     */
    public static void checkAllocation(SparkConf conf, String advice) {
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new RefusedException("barrier stages do not run with dynamic allocation", advice);
        }
    }

    /**
     * Waits for executors, chooses partitions and BLAS, and prints them: the first lines of a job.
     *
     * @param blas see {@link ClusterResources#of}
     */
    public static ClusterResources resources(JavaSparkContext spark, RunConfig config, String blas)
            throws InterruptedException {
        ClusterResources found = ClusterResources.of(spark, config, blas);
        int partitions = found.partitions();
        int slots = found.slots();
        System.out.printf("BLAS %s, one thread a call; JDK %s%n", found.blas(), System.getProperty("java.version"));
        found.agreement().fallbacks().forEach(System.out::println);
        System.out.printf("partitions %d of %d slots, slices %d%n", partitions, slots, config.slices());
        if (slots > partitions) {
            System.out.printf(
                    "%d slots stay idle: more partitions need slices = %d or more%n", slots - partitions, slots);
        }
        return found;
    }
}
