package org.sparknorm.data;

import org.sparknorm.config.RefusedException;
import org.sparknorm.data.image.Picture;
import org.sparknorm.tensor.Shape;

/**
 * Reads records of the binary files of CIFAR-10. A record has 3,073 bytes: the label (0 to 9), then the image as 32 ×
 * 32 red, then green, then blue values, row by row.
 */
public final class Cifar10 {
    private static final int SIDE = 32;
    /** Shape {@code [H, W, C]} of an image. */
    public static final Shape SHAPE = Shape.of(SIDE, SIDE, Picture.CHANNELS);

    public static final int CLASSES = 10;
    public static final int IMAGE_BYTES = SIDE * SIDE * Picture.CHANNELS;
    public static final int RECORD_BYTES = 1 + IMAGE_BYTES;

    private Cifar10() {}

    /**
     * Returns the number of records of a file of that length.
     *
     * @throws RefusedException if it is no whole number
     */
    public static int records(long fileBytes, String name) {
        if (fileBytes == 0 || fileBytes % RECORD_BYTES != 0) {
            throw new RefusedException(
                    name + " has " + fileBytes + " bytes, which is not a whole number of records of " + RECORD_BYTES,
                    "give a binary file of CIFAR-10, or fetch it again");
        }
        return Math.toIntExact(fileBytes / RECORD_BYTES);
    }

    /**
     * Returns the label of a record.
     *
     * @throws RefusedException if there is no such class
     */
    public static int label(byte[] record, int index, String name) {
        int label = Byte.toUnsignedInt(record[0]);
        if (label >= CLASSES) {
            throw new RefusedException(
                    name + ": record " + index + " has label " + label + ", CIFAR-10 has 0 to " + (CLASSES - 1),
                    "give a binary file of CIFAR-10, or fetch it again");
        }
        return label;
    }

    /** Writes the image of a record with its channels innermost. */
    public static void image(byte[] record, byte[] target, int to) {
        int plane = SIDE * SIDE;
        for (int pixel = 0; pixel < plane; pixel++) {
            for (int channel = 0; channel < Picture.CHANNELS; channel++) {
                target[to + pixel * Picture.CHANNELS + channel] = record[1 + channel * plane + pixel];
            }
        }
    }
}
