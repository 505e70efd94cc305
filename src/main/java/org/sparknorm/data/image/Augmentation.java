package org.sparknorm.data.image;

import org.sparknorm.config.AugmentConfig;
import org.sparknorm.tensor.RandomSource;

/**
 * Makes of a picture the one that a network is trained on in one epoch: a crop, then mirrored or not, then distorted, as
 * section {@code data.augment} says. What comes out is a pure function of the picture and of (seed, epoch, example), the
 * same whoever computes it, when, and on which machine. Keeps buffers: one for each thread.
 */
public final class Augmentation {
    private static final String PURPOSE = "augment";

    /** Coordinates of the sources of the parts, so that none depends on what another one reads. */
    private static final int CROP = 0;

    private static final int FLIP = 1;
    private static final int DISTORTION = 2;

    private final AugmentConfig config;
    private final int size;
    private final Resampler resampler = new Resampler();
    private final RandomCrop randomCrop;
    private final Distortion distortion = new Distortion();

    /** @param size edge of the pictures that come out */
    public Augmentation(AugmentConfig config, int size) {
        this.config = config;
        this.size = size;
        this.randomCrop = new RandomCrop(config.cropArea(), config.cropAspect());
    }

    /** The random numbers of one example in one epoch. */
    public static RandomSource random(long seed, long epoch, long example) {
        return RandomSource.of(seed, PURPOSE).at(epoch).at(example);
    }

    /**
     * A picture of {@code size} x {@code size}. Unless a random part is resized, a picture of another size is brought to
     * it first, as {@link EvaluationCrops#fit} does.
     *
     * @param picture stays as it is; it is also what comes back when nothing changes
     * @param random from {@link #random}
     */
    public Picture apply(Picture picture, RandomSource random) {
        Picture cropped = crop(picture, random.at(CROP));
        boolean isMirrored = config.flip() && random.at(FLIP).uniform(0) < 0.5;
        Picture turned = isMirrored ? Pixels.mirrored(cropped) : cropped;
        if (config.distortion() == 0) {
            return turned;
        }
        return distortion.apply(turned, DistortionDraw.of(config.distortion(), random.at(DISTORTION)));
    }

    private Picture crop(Picture picture, RandomSource random) {
        return switch (config.crop()) {
            case NONE -> EvaluationCrops.fit(resampler, picture, size);
            case PADDED -> padded(EvaluationCrops.fit(resampler, picture, size), random);
            case RESIZED -> {
                Rectangle part = randomCrop.of(picture.width(), picture.height(), random);
                yield resampler.resize(
                        picture,
                        ResampledAxis.whole(part.left(), part.width(), size),
                        ResampledAxis.whole(part.top(), part.height(), size));
            }
        };
    }

    /** A part as large as the picture, anywhere in the picture with zeros around it (He et al. 2015, section 4.2). */
    private Picture padded(Picture picture, RandomSource random) {
        long places = 2L * config.padding() + 1;
        int left = (int) ((long) (random.uniform(0) * places) - config.padding());
        int top = (int) ((long) (random.uniform(1) * places) - config.padding());
        return Pixels.cut(picture, new Rectangle(left, top, picture.width(), picture.height()));
    }
}
