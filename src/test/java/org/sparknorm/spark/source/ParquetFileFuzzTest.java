package org.sparknorm.spark.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;
import org.sparknorm.config.DataConfig;

/** Damaged Parquet files. */
class ParquetFileFuzzTest {
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message examples { optional binary image; optional int64 label; optional binary path (STRING); }");
    private static final DataConfig CONFIG = ParquetFiles.config("image", "label");

    @TempDir
    static Path folder;

    static Stream<Arguments> files() throws IOException {
        return Mutations.of(
                written(CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_1_0),
                written(CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_2_0),
                written(CompressionCodecName.SNAPPY, WriterVersion.PARQUET_1_0),
                written(CompressionCodecName.GZIP, WriterVersion.PARQUET_1_0),
                written(CompressionCodecName.ZSTD, WriterVersion.PARQUET_2_0));
    }

    private static byte[] written(CompressionCodecName codec, WriterVersion version) throws IOException {
        List<Group> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Group row = new SimpleGroup(SCHEMA);
            row.add("image", Binary.fromConstantByteArray(new byte[] {(byte) i, 2, 3, 4, 5, 6, 7, 8, 9}));
            row.add("label", (long) (i % 3));
            if (i % 2 == 0) {
                row.add("path", "image-" + i);
            }
            rows.add(row);
        }
        Path file = folder.resolve("whole.parquet");
        ParquetFiles.write(file, SCHEMA, rows, codec, version);
        return Files.readAllBytes(file);
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreReadOrRefused(byte[] bytes) throws IOException {
        Path file = folder.resolve("file.parquet");
        Files.write(file, bytes);
        Reading.succeedsOrRefuses(() -> ParquetFiles.read(file, CONFIG));
    }
}
