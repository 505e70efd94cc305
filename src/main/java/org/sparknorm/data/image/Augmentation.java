package org.sparknorm.data.image;

import org.sparknorm.config.AugmentConfig;
import org.sparknorm.tensor.RandomSource;

/**
 * Augments a picture for one epoch of training: it is cropped, mirrored or not, and distorted, as section
 * {@code data.augment} says. The result is a pure function of the picture and of (seed, epoch, example), the same on
 * every machine. An instance keeps buffers, so each thread needs its own.
 */
public final class Augmentation {
    private static final String PURPOSE = "augment";

    /** Each part has a random source of its own, so that none depends on what another one reads. */
    private static final int CROP = 0;

    private static final int FLIP = 1;
    private static final int DISTORTION = 2;

    private final AugmentConfig config;
    private final int size;
    private final Resampler resampler = new Resampler();
    private final RandomCrop randomCrop;
    private final Distortion distortion = new Distortion();

    /** @param size edge of the augmented pictures, in pixels */
    public Augmentation(AugmentConfig config, int size) {
        this.config = config;
        this.size = size;
        this.randomCrop = new RandomCrop(config.cropArea(), config.cropAspect());
    }

    /** Returns the random numbers of one example in one epoch. */
    public static RandomSource random(long seed, long epoch, long example) {
        return RandomSource.of(seed, PURPOSE).at(epoch).at(example);
    }

    /**
     * Returns a picture of {@code size} x {@code size}. Unless a random part is resized, a picture of another size
     * first gets this one, as by {@link EvaluationCrops#fit}.
     *
     * @param picture picture that is not changed; it is returned itself when there is nothing to change
     * @param random random numbers from {@link #random}
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

    /** Cuts a part as large as the picture from the picture with zeros around it (He et al. 2015, section 4.2). */
    private Picture padded(Picture picture, RandomSource random) {
        long places = 2L * config.padding() + 1;
        int left = (int) ((long) (random.uniform(0) * places) - config.padding());
        int top = (int) ((long) (random.uniform(1) * places) - config.padding());
        return Pixels.cut(picture, new Rectangle(left, top, picture.width(), picture.height()));
    }
}
