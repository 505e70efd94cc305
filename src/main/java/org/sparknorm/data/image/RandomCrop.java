package org.sparknorm.data.image;

import org.sparknorm.config.Range;
import org.sparknorm.tensor.RandomSource;

/**
 * Chooses a part of a picture with a random area, shape and place, as in the training of Inception (Szegedy et al.
 * 2014, section 6): its share of the area is uniform, its width / height is log-uniform. The rule is that of
 * torchvision's {@code RandomResizedCrop}: each of ten attempts may give a part that does not fit; if all do, the part
 * is the largest one around the centre whose shape is allowed.
 *
 * @param area range of the share of the picture's area, within (0, 1]
 * @param aspect range of width / height, above 0
 */
record RandomCrop(Range area, Range aspect) {
    private static final int ATTEMPTS = 10;

    /** Random numbers of each attempt: share of the area, width / height, left, top. */
    private static final int NUMBERS_PER_ATTEMPT = 4;

    /** @param random random numbers of one picture, of which 0 to 39 are read */
    Rectangle of(int width, int height, RandomSource random) {
        double lowest = StrictMath.log(aspect.low());
        double highest = StrictMath.log(aspect.high());
        for (int i = 0; i < ATTEMPTS * NUMBERS_PER_ATTEMPT; i += NUMBERS_PER_ATTEMPT) {
            double share = area.low() + random.uniform(i) * (area.high() - area.low());
            double pixels = share * ((double) width * height);
            double ratio = StrictMath.exp(lowest + random.uniform(i + 1) * (highest - lowest));
            int partWidth = (int) Math.rint(Math.sqrt(pixels * ratio));
            int partHeight = (int) Math.rint(Math.sqrt(pixels / ratio));
            boolean fits = 0 < partWidth && partWidth <= width && 0 < partHeight && partHeight <= height;
            if (fits) {
                int left = (int) (random.uniform(i + 2) * (width - partWidth + 1));
                int top = (int) (random.uniform(i + 3) * (height - partHeight + 1));
                return new Rectangle(left, top, partWidth, partHeight);
            }
        }
        return centre(width, height);
    }

    private Rectangle centre(int width, int height) {
        double ratio = (double) width / height;
        if (ratio < aspect.low()) {
            return centred(width, height, width, (int) Math.rint(width / aspect.low()));
        }
        if (ratio > aspect.high()) {
            return centred(width, height, (int) Math.rint(height * aspect.high()), height);
        }
        return new Rectangle(0, 0, width, height);
    }

    /** Returns the part around the centre; a side that would be rounded to nothing is one pixel. */
    private static Rectangle centred(int width, int height, int partWidth, int partHeight) {
        int atLeastWidth = Math.max(partWidth, 1);
        int atLeastHeight = Math.max(partHeight, 1);
        return new Rectangle((width - atLeastWidth) / 2, (height - atLeastHeight) / 2, atLeastWidth, atLeastHeight);
    }
}
