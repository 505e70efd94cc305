package org.sparknorm.tensor;

import java.io.Serializable;

/** The square window of a convolution or a pool, which slides over the pixels of an image. Sizes are in pixels. */
public record Window(int size, int stride, int padding) implements Serializable {
    public Window {
        if (size < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    "no window has size " + size + ", stride " + stride + " and padding " + padding);
        }
    }

    /**
     * Returns the number of its places along an image; not above 0 if it does not fit. The rest at the end is not seen.
     */
    public int places(int pixels) {
        int room = pixels + 2 * padding - size;
        return room < 0 ? 0 : room / stride + 1;
    }

    /**
     * The same, with one more place for what is left over, if that place begins before the end of the image. What is
     * left over may be all there is: a window a little larger than the image has one place.
     */
    public int placesRoundedUp(int pixels) {
        int room = pixels + 2 * padding - size;
        int places = Math.floorDiv(room + stride - 1, stride) + 1;
        return (places - 1) * stride >= pixels + padding ? places - 1 : places;
    }

    @Override
    public String toString() {
        return size + "×" + size + ", stride " + stride + ", padding " + padding;
    }
}
