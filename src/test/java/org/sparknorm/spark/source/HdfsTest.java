package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.SampleImages;

/** Data and runs on a real HDFS give what those on the local disk give. */
class HdfsTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final ObjectMapper JSON = new ObjectMapper();
    /** What a client waits before it asks again whether a file is complete: the cluster in this JVM is slow to know. */
    private static final String RETRY = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";

    @TempDir
    static Path folder;

    private static MiniDFSCluster cluster;
    private static FileSystem hdfs;
    private static Path conf;

    @BeforeAll
    static void clusterWithImages() throws IOException {
        Configuration configuration = new Configuration();
        configuration.setInt(RETRY, 5);
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
        cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        hdfs = cluster.getFileSystem();
        Path images = SampleImages.write(folder.resolve("images"), 10);
        hdfs.copyFromLocalFile(
                new org.apache.hadoop.fs.Path(images.toUri()), new org.apache.hadoop.fs.Path(address("/images")));
        conf = Files.writeString(folder.resolve("small.conf"), """
            model { name = resnet20, width = 0.25 }
            data { format = image-folder, size = 16, augment { crop = resized, flip = true }, reshuffle-every = 1 }
            batch-size = 8, slices = 4, steps = 6, evaluate-every = 3
            """);
        assertRuns(
                "train",
                conf,
                "data.train=" + address("/images"),
                "data.validation=" + address("/images"),
                "output=" + address("/run"));
    }

    @AfterAll
    static void noCluster() {
        cluster.shutdown();
    }

    private static String address(String path) {
        return hdfs.getUri() + path;
    }

    @Test
    void runFromAndToHdfsHasTheBitsOfALocalOne() throws IOException {
        Path local = folder.resolve("images");
        assertRuns("train", conf, "data.train=" + local, "data.validation=" + local, "output=" + folder.resolve("run"));
        assertRuns("pack", "input=" + address("/images"), "output=" + address("/packed"), "parts=2");
        assertRuns(
                "train",
                conf,
                "data.format=parquet",
                "data.train=" + address("/packed"),
                "output=" + address("/packed-run"));
        String hash;
        try (InputStream in = Files.newInputStream(folder.resolve("run").resolve(RunFolder.RESULT))) {
            hash = hash(in);
        }
        assertThat(hash(open("/run/result.json"))).isEqualTo(hash);
        assertThat(hash(open("/packed-run/result.json"))).isEqualTo(hash);
    }

    @Test
    void runOnHdfsGoesOnFromItsCheckpoint() throws IOException {
        String data = "data.train=" + address("/images");
        assertRuns("train", conf, data, "output=" + address("/resumed"), "steps=4", "checkpoint.every=2");
        // As a driver that was killed leaves it: open, with its lines visible.
        FSDataOutputStream open = hdfs.append(new org.apache.hadoop.fs.Path("/resumed/steps.jsonl"));
        open.writeBytes("{\"step\":5,\"examp");
        open.hflush();
        assertRuns("train", conf, data, "output=" + address("/resumed"), "resume=latest");
        assertThatThrownBy(open::close)
                .as("the log that was open is another's now")
                .isInstanceOf(IOException.class);
        assertThat(hash(open("/resumed/result.json"))).isEqualTo(hash(open("/run/result.json")));
        try (InputStream steps = open("/resumed/steps.jsonl")) {
            assertThat(new String(steps.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(6);
        }
    }

    @Test
    void modelOnHdfsIsEvaluatedAndPredicts() throws IOException {
        assertRuns("evaluate", address("/run"), "split=train");
        assertRuns("predict", address("/run"), "input=" + address("/images"), "output=" + address("/predictions"));
        assertThat(hdfs.exists(new org.apache.hadoop.fs.Path("/predictions/_SUCCESS")))
                .isTrue();
    }

    private static void assertRuns(Object... arguments) {
        Commands.Result result = Commands.run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
    }

    private static InputStream open(String path) throws IOException {
        return hdfs.open(new org.apache.hadoop.fs.Path(path));
    }

    private static String hash(InputStream result) throws IOException {
        JsonNode read = JSON.readTree(result);
        return read.get("weightsSha256").asText();
    }
}
