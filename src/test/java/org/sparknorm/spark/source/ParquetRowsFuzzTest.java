package org.sparknorm.spark.source;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;
import org.sparknorm.config.DataConfig;

/** Whole Parquet files of schemas and rows that are not what is expected: an input's bytes choose them, one after another. */
class ParquetRowsFuzzTest {
    private static final List<PrimitiveTypeName> KINDS = List.of(
            PrimitiveTypeName.BINARY,
            PrimitiveTypeName.INT64,
            PrimitiveTypeName.INT32,
            PrimitiveTypeName.INT96,
            PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY,
            PrimitiveTypeName.BOOLEAN,
            PrimitiveTypeName.FLOAT,
            PrimitiveTypeName.DOUBLE);
    private static final List<Repetition> REPETITIONS =
            List.of(Repetition.REQUIRED, Repetition.OPTIONAL, Repetition.REPEATED);
    private static final List<DataConfig> CONFIGS = Stream.of(
                    "image label", "image.bytes label", "image label.bytes", "image.bytes.x path", "label image", "x .")
            .map(columns -> columns.split(" "))
            .map(columns -> ParquetFiles.config(columns[0], columns[1]))
            .toList();
    private static final int FIXED_BYTES = 12;

    @TempDir
    static Path folder;

    static Stream<Arguments> choices() {
        return Mutations.of(
                // The configuration; how many columns, for each whether it is a structure, its kind, repetition; the
                // rows.
                new byte[] {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 65, 66},
                new byte[] {0, 2, 0, 0, 1, 0, 2, 1, 2, 1, 2, 7, 8, 1, 0, 0, 0, 1, 1, 0, 0},
                new byte[] {1, 2, 1, 0, 1, 0, 0, 1, 0, 2, 0, 1, 1, 1, 2, 7, 8, -1, -1, -1, -1},
                new byte[] {0, 2, 0, 0, 0, 0, 1, 0, 1, 1, 7, 127, -1, -1, -1, -1, -1, -1, -1},
                new byte[] {2, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1},
                new byte[] {0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 1, 1, 9, 0, 0, 0, 1, 65, 66, 67, 68, 69, 70, 71, 72});
    }

    @MethodSource("choices")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void rowsAreReadOrRefused(byte[] choices) throws IOException {
        Choices next = new Choices(ByteBuffer.wrap(choices));
        DataConfig config = next.of(CONFIGS);
        MessageType schema = next.schema();
        List<Group> rows = new ArrayList<>();
        for (int left = next.below(4); left > 0; left--) {
            Group row = new SimpleGroup(schema);
            next.fill(row);
            rows.add(row);
        }
        Path file = folder.resolve("rows.parquet");
        ParquetFiles.write(file, schema, rows, CompressionCodecName.UNCOMPRESSED, WriterVersion.PARQUET_1_0);
        Reading.succeedsOrRefuses(() -> ParquetFiles.read(file, config));
    }

    /** Zeros after the last byte. */
    private record Choices(ByteBuffer bytes) {
        int below(int bound) {
            return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) % bound : 0;
        }

        <T> T of(List<T> values) {
            return values.get(below(values.size()));
        }

        /** One to three of the columns that are looked for. */
        MessageType schema() {
            List<Type> columns = new ArrayList<>();
            for (String name : List.of("image", "label", "path").subList(0, 1 + (below(3) + 2) % 3)) {
                columns.add(column(name, 0));
            }
            return new MessageType("rows", columns);
        }

        /** Of bytes or numbers, or a structure of one field. */
        private Type column(String name, int depth) {
            boolean isStructure = below(3) == 1;
            PrimitiveTypeName kind = of(KINDS);
            Repetition repetition = of(REPETITIONS);
            if (isStructure && depth < 2) {
                return new GroupType(repetition, name, column("bytes", depth + 1));
            }
            int length = kind == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY ? FIXED_BYTES : 0;
            return Types.primitive(kind, repetition).length(length).named(name);
        }

        void fill(Group group) {
            for (Type field : group.getType().getFields()) {
                int values = field.isRepetition(Repetition.REQUIRED)
                        ? 1
                        : below(field.isRepetition(Repetition.OPTIONAL) ? 2 : 3);
                for (; values > 0; values--) {
                    if (field.isPrimitive()) {
                        add(group, field);
                    } else {
                        fill(group.addGroup(field.getName()));
                    }
                }
            }
        }

        private void add(Group group, Type field) {
            String name = field.getName();
            switch (field.asPrimitiveType().getPrimitiveTypeName()) {
                case INT64 -> group.add(name, number(Long.BYTES).getLong());
                case INT32 -> group.add(name, number(Integer.BYTES).getInt());
                case BOOLEAN -> group.add(name, below(2) == 1);
                case FLOAT -> group.add(name, number(Float.BYTES).getFloat());
                case DOUBLE -> group.add(name, number(Double.BYTES).getDouble());
                case INT96, FIXED_LEN_BYTE_ARRAY -> group.add(name, Binary.fromConstantByteBuffer(number(FIXED_BYTES)));
                case BINARY -> group.add(name, Binary.fromConstantByteBuffer(number(below(20))));
            }
        }

        private ByteBuffer number(int length) {
            byte[] number = new byte[length];
            bytes.get(number, 0, Math.min(length, bytes.remaining()));
            return ByteBuffer.wrap(number);
        }
    }
}
