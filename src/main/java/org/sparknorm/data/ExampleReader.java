package org.sparknorm.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.sparknorm.config.DataConfig;
import org.sparknorm.data.image.Augmentation;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.data.image.EvaluationCrops;
import org.sparknorm.data.image.ImageDecoder;
import org.sparknorm.data.image.Picture;
import org.sparknorm.data.image.PixelReader;
import org.sparknorm.tensor.Shape;

/**
 * Turns the bytes of an example into the values that a network sees. {@link ExampleForm} says what the bytes are. A
 * reader keeps buffers and the example that it read last, so each thread needs its own.
 */
public final class ExampleReader {
    private final ExampleForm form;
    private final PixelReader pixels;
    private final Shape shape;
    private final ImageDecoder decoder;
    private final Augmentation augmentation;
    private final long seed;
    private byte[] lastBytes;
    private EvaluationCrops crops;

    /**
     * @param shape shape that the network sees: {@code [H, W, C]}, or {@code [T]} for texts
     * @param seed seed of the augmentation
     */
    public ExampleReader(DataConfig config, Shape shape, ExampleForm form, long seed) {
        boolean encoded = form == ExampleForm.FILE;
        this.form = form;
        this.pixels = shape.rank() == 1 ? PixelReader.ofTokens() : new PixelReader(config, shape.last());
        this.shape = shape;
        this.decoder = encoded ? new ImageDecoder(config.largestImage()) : null;
        boolean augments = encoded || !config.augment().isNone();
        this.augmentation = augments ? new Augmentation(config.augment(), shape.dimension(0)) : null;
        this.seed = seed;
    }

    /** Whether reading does more than looking up the values of pixels. */
    public boolean isSlow() {
        return augmentation != null;
    }

    /** Reads an example as it is augmented in an epoch. */
    public void training(byte[] bytes, int from, long index, long epoch, float[] target, int at)
            throws BadImageException {
        if (augmentation == null) {
            read(bytes, from, target, at);
            return;
        }
        Picture picture = augmentation.apply(picture(bytes, from), Augmentation.random(seed, epoch, index));
        pixels.read(picture.pixels(), 0, shape.size(), target, at);
    }

    /**
     * Reads a crop for inference. A single crop is the centre, or the whole of an image that has the network's size.
     */
    public void crop(byte[] bytes, int from, int crop, int count, float[] target, int at) throws BadImageException {
        if (count > 1) {
            if (lastBytes != bytes) {
                crops = new EvaluationCrops(picture(bytes, from), shape.dimension(0));
                lastBytes = bytes;
            }
            pixels.read(crops.crop(crop).pixels(), 0, shape.size(), target, at);
            return;
        }
        if (decoder == null) {
            read(bytes, from, target, at);
            return;
        }
        Picture single = EvaluationCrops.fit(picture(bytes, from), shape.dimension(0));
        pixels.read(single.pixels(), 0, shape.size(), target, at);
    }

    private void read(byte[] bytes, int from, float[] target, int at) {
        if (form == ExampleForm.VALUES) {
            FloatBuffer values =
                    ByteBuffer.wrap(bytes, from, Float.BYTES * shape.size()).asFloatBuffer();
            values.get(target, at, shape.size());
        } else {
            pixels.read(bytes, from, shape.size(), target, at);
        }
    }

    private Picture picture(byte[] bytes, int from) throws BadImageException {
        byte[] own = from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
        if (decoder != null) {
            return decoder.decode(own);
        }
        return new Picture(shape.dimension(1), shape.dimension(0), own);
    }
}
