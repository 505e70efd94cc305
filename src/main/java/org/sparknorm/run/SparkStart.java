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

/** Starts Spark with the settings that a run needs. Settings that the user made with {@code --conf} are kept. */
public final class SparkStart {
    private static final String STAGE_ATTEMPTS = "spark.stage.maxConsecutiveAttempts";
    private static final String SPARKS_STAGE_ATTEMPTS = "4";

    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            // A task runs where its replicas are; by default Spark may wait 3 s per step for a better place.
            Map.entry("spark.locality.wait", "0"),
            // Sparknorm repeats steps itself: Spark would repeat a barrier stage without a check for slots.
            Map.entry(STAGE_ATTEMPTS, "1"),
            // Sparknorm also waits for slots itself: after the loss of an executor Spark would check a job 40 times,
            // every 15 s.
            Map.entry("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s"),
            Map.entry("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "1"),
            // Gradients and weights do not compress.
            Map.entry("spark.broadcast.compress", "false"),
            Map.entry("spark.shuffle.compress", "false"),
            // A gradient above 1 MB would otherwise be stored and fetched, which takes 5 ms more.
            Map.entry("spark.task.maxDirectResultSize", "16m"),
            // TCP has checksums of its own, and those of Spark take as long as the copying.
            Map.entry("spark.broadcast.checksum", "false"),
            // Activations are large arrays, and loops with vectors are slow until they are fully optimized; jobs/submit
            // gives the driver the same options.
            Map.entry(
                    "spark.executor.defaultJavaOptions",
                    "-XX:+UseTransparentHugePages -XX:CompileCommand=quiet"
                            + " -XX:CompileCommand=CompileThresholdScaling,org.sparknorm.tensor.Vector*::*,0.1"
                            + " -XX:CompileCommand=CompileThresholdScaling,org.sparknorm.tensor.convolution.Vector*::*,0.1"),
            // The web server of the driver gives Prometheus the gauges of a run and those of Spark.
            Map.entry(
                    "spark.metrics.conf.driver.sink.prometheusServlet.class",
                    "org.apache.spark.metrics.sink.PrometheusServlet"),
            Map.entry("spark.metrics.conf.driver.sink.prometheusServlet.path", "/metrics/prometheus"),
            // Every step may be a job, so without a bound the memory of the driver would grow with the steps.
            Map.entry("spark.ui.retainedJobs", "100"),
            Map.entry("spark.ui.retainedStages", "100"),
            Map.entry("spark.ui.retainedTasks", "1000"));

    private static final String MASTER = "spark.master";
    private static final String DEFAULT_MASTER = "local[*]";
    private static final long SMALLEST_BLOCK = 64 << 10;
    private static final long LARGEST_BLOCK = 4 << 20;
    private static final long BLOCKS_PER_BROADCAST = 8;

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
     * Makes a context for commands that make no steps. Spark may repeat their stages, among which only those that deal
     * examples are barrier stages, and no other stage follows these.
     *
     * @param weightBytes see {@link #context}
     */
    public static JavaSparkContext inferenceContext(String name, long weightBytes) {
        SparkConf conf = new SparkConf();
        conf.setIfMissing(STAGE_ATTEMPTS, SPARKS_STAGE_ATTEMPTS);
        return context(conf, name, weightBytes);
    }

    /**
     * @param weightBytes size of the model, which decides the size of broadcast blocks: in every job Spark allocates
     *     and clears whole blocks, of 4 MB by default, however little they contain
     */
    public static JavaSparkContext context(String name, long weightBytes) {
        return context(new SparkConf(), name, weightBytes);
    }

    /** Makes a context in this process with that many slots, whatever the number of its cores. */
    public static JavaSparkContext localContext(String name, long weightBytes, int slots) {
        SparkConf conf = new SparkConf();
        conf.set(MASTER, "local[" + slots + "]");
        return context(conf, name, weightBytes);
    }

    private static JavaSparkContext context(SparkConf conf, String name, long weightBytes) {
        conf.setAppName(name);
        conf.setIfMissing(MASTER, DEFAULT_MASTER);
        DEFAULTS.forEach(conf::setIfMissing);
        long block = Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, weightBytes / BLOCKS_PER_BROADCAST));
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
     * Waits for executors, chooses partitions and BLAS, and prints them as the first lines of a job.
     *
     * @param blas see {@link ClusterResources#of}
     */
    public static ClusterResources resources(JavaSparkContext spark, RunConfig config, String blas)
            throws InterruptedException {
        ClusterResources found = ClusterResources.of(spark, config, blas);
        int partitions = found.partitions();
        int slots = found.slots();
        System.out.printf("BLAS %s, one thread per call; JDK %s%n", found.blas(), System.getProperty("java.version"));
        found.agreement().fallbacks().forEach(System.out::println);
        System.out.printf("partitions %d of %d slots, slices %d%n", partitions, slots, config.slices());
        if (slots > partitions) {
            System.out.printf(
                    "%d slots stay idle: more partitions need slices = %d or more%n", slots - partitions, slots);
        }
        return found;
    }
}
