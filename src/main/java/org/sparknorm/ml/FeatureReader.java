package org.sparknorm.ml;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.image.Picture;
import org.sparknorm.data.image.PictureWriter;
import org.sparknorm.tensor.Shape;

/**
 * Turns the values of a column of features into the bytes of examples: vectors become float32, the bytes of image files
 * stay as they are, and images of Spark's data source {@code image}, which are pixels, become image files without loss.
 *
 * @param column index of the column in the rows that are read
 * @param shape of what the network sees
 */
record FeatureReader(int column, Kind kind, Shape shape) implements Serializable {
    /** What the column holds. */
    enum Kind {
        VECTOR,
        FILE,
        IMAGE;

        ExampleForm form() {
            return this == VECTOR ? ExampleForm.VALUES : ExampleForm.FILE;
        }
    }

    /**
     * Returns a reader of the first column.
     *
     * @param imageShape height, width and channels of what the network sees; empty for vectors without a shape
     * @throws RefusedException if column and shape do not fit together
     */
    static FeatureReader ofFirstColumn(Dataset<Row> rows, int[] imageShape) {
        Kind kind = kind(rows.schema(), rows.columns()[0]);
        if (imageShape.length > 0) {
            return new FeatureReader(0, kind, shape(kind, imageShape));
        }
        if (kind != Kind.VECTOR) {
            throw new RefusedException(
                    "images need a size for the network", "give it, for example setImageShape(64, 64, 3)");
        }
        if (rows.isEmpty()) {
            throw new RefusedException("the dataset has no rows", "give it some");
        }
        return new FeatureReader(0, kind, Shape.of(((Vector) rows.first().get(0)).size()));
    }

    private static Shape shape(Kind kind, int[] given) {
        boolean isImage = given.length == 3 && Arrays.stream(given).allMatch(side -> side > 0);
        boolean isSquareColour = isImage && given[0] == given[1] && given[2] == Picture.CHANNELS;
        if (!isImage || (kind != Kind.VECTOR && !isSquareColour)) {
            throw new RefusedException(
                    "imageShape = " + Arrays.toString(given) + " is no shape of images",
                    "give height, width and channels; of image files a square in 3 colours");
        }
        return Shape.of(given[0], given[1], given[2]);
    }

    /** @throws RefusedException if there is no such column, or it holds none of the three */
    static Kind kind(StructType schema, String column) {
        DataType type = Columns.type(schema, column, "setFeaturesCol");
        if (type.equals(SQLDataTypes.VectorType())) {
            return Kind.VECTOR;
        }
        if (type.equals(DataTypes.BinaryType)) {
            return Kind.FILE;
        }
        if (type instanceof StructType image && image.getFieldIndex("nChannels").isDefined()) {
            return Kind.IMAGE;
        }
        throw new RefusedException(
                "column " + column + " is of type " + type.simpleString(),
                "give a vector, an image of spark.read.format(\"image\"), or the bytes of an image file");
    }

    /** @throws RefusedException if a vector has another size, or an image has a number of channels that is not known */
    byte[] read(Row row) {
        if (row.isNullAt(column)) {
            throw new RefusedException("a row has no features", "leave such rows out");
        }
        return switch (kind) {
            case VECTOR -> values(row.getAs(column));
            case FILE -> row.getAs(column);
            case IMAGE -> file(row.getStruct(column));
        };
    }

    private byte[] values(Vector vector) {
        if (vector.size() != shape.size()) {
            throw new RefusedException(
                    "a row has " + vector.size() + " features, others have " + shape.size(), "give all rows as many");
        }
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.size());
        for (double value : vector.toArray()) {
            bytes.putFloat((float) value);
        }
        return bytes.array();
    }

    /** Spark's pixels are grey, BGR, or BGR with transparency, in rows from top to bottom. */
    private static byte[] file(Row image) {
        int height = image.getAs("height");
        int width = image.getAs("width");
        int channels = image.getAs("nChannels");
        byte[] data = image.getAs("data");
        if (height < 1
                || width < 1
                || (channels != 1 && channels != Picture.CHANNELS && channels != Picture.CHANNELS + 1)) {
            throw new RefusedException(
                    "an image of " + width + " x " + height + " pixels has " + channels + " channels",
                    "leave out what Spark could not read: option dropInvalid of its data source");
        }
        byte[] rgb = new byte[height * width * Picture.CHANNELS];
        for (int pixel = 0; pixel < height * width; pixel++) {
            for (int colour = 0; colour < Picture.CHANNELS; colour++) {
                int from = channels == 1 ? 0 : Picture.CHANNELS - 1 - colour;
                rgb[pixel * Picture.CHANNELS + colour] = data[pixel * channels + from];
            }
        }
        return PictureWriter.bmp(new Picture(width, height, rgb));
    }
}
