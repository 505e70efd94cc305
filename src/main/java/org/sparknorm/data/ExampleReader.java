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
 * Makes of an example's bytes what a network sees. The bytes are an image file, the pixels of an image of the network's
 * size, a text, or what it sees already. Keeps buffers and the example it saw last: one for each thread.
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
     * @param shape what the network sees, {@code [H, W, C]}, or {@code [T]} for texts
     * @param seed of the augmentation
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

    /** Whether more is done than to look up values of pixels. */
    public boolean isSlow() {
        return augmentation != null;
    }

    /** As augmented in an epoch. */
    public void training(byte[] bytes, int from, long index, long epoch, float[] target, int at)
            throws BadImageException {
        if (augmentation == null) {
            read(bytes, from, target, at);
            return;
        }
        Picture picture = augmentation.apply(picture(bytes, from), Augmentation.random(seed, epoch, index));
        pixels.read(picture.pixels(), 0, shape.size(), target, at);
    }

    /** A crop for inference. A single one is the centre, or all of an image that has the network's size. */
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
