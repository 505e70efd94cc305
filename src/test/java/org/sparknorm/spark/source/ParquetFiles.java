package org.sparknorm.spark.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.DataConfig;
import scala.Option;

/** Parquet files of any schema, and reading them as a run does. */
final class ParquetFiles {
    private static final Configuration HADOOP = new Configuration();

    private ParquetFiles() {}

    static void write(
            Path file, MessageType schema, List<Group> rows, CompressionCodecName codec, WriterVersion version)
            throws IOException {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(HADOOP)
                .withType(schema)
                .withCompressionCodec(codec)
                .withWriterVersion(version)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .build()) {
            for (Group row : rows) {
                writer.write(row);
            }
        }
    }

    /** What the driver and the first task read. */
    static void read(Path file, DataConfig config) throws IOException {
        ParquetSource.open("data.train", file.toString(), config, HADOOP);
        TaskContext task = TaskContext$.MODULE$.empty();
        TaskContext$.MODULE$.setTaskContext(task);
        try {
            ParquetColumns columns = new ParquetColumns(config.imageColumn(), config.labelColumn());
            ParquetRows.read(new ParquetRows.RowGroup(file.toString(), 0, 0), columns, HADOOP)
                    .forEachRemaining(row -> {});
        } finally {
            task.markTaskCompleted(Option.empty());
            TaskContext$.MODULE$.unset();
        }
    }

    static DataConfig config(String imageColumn, String labelColumn) {
        return ConfigFiles.ofText("steps = 1, data { format = parquet, train = x, size = 8 }")
                .with(List.of("data.image-column=" + imageColumn, "data.label-column=" + labelColumn))
                .toRunConfig()
                .data();
    }
}
