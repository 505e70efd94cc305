package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;

/** Parquet files that are damaged, or of which not every column is what its name says. */
@Tag("unit")
class ParquetRowsTest {
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message rows { required binary image; required int64 label; required int64 path; }");
    private static final DataConfig CONFIG = ParquetFiles.config("image", "label");

    @TempDir
    Path folder;

    private Path written() throws IOException {
        Group row = new SimpleGroup(SCHEMA);
        row.add("image", Binary.fromString("an image"));
        row.add("label", 3L);
        row.add("path", 17L);
        Path file = folder.resolve("rows.parquet");
        ParquetFiles.write(file, SCHEMA, List.of(row), CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_1_0);
        return file;
    }

    @Test
    void aColumnCalledPathThatIsNoTextIsPassedOver() throws IOException {
        Path file = written();
        assertThatCode(() -> ParquetFiles.read(file, CONFIG)).doesNotThrowAnyException();
    }

    @Test
    void aDamagedPageIsRefusedByItsFile() throws IOException {
        Path file = written();
        byte[] bytes = Files.readAllBytes(file);
        // The header of the first page follows the magic number.
        bytes[4] = -1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> ParquetFiles.read(file, CONFIG))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(file + " cannot be read: ")
                .hasMessageEndingWith("; write it again, or leave it out");
    }
}
