package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.AtomicFolder;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.Packer;
import org.sparknorm.spark.source.ImageFolderSource;
import org.sparknorm.spark.source.PackedFiles;
import org.sparknorm.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pack input=PATH output=PATH ...} packs folders of images into Parquet files. */
@Command(name = "pack", description = "Packs folders of images, one per class, into Parquet files.")
final class PackCommand implements Callable<Integer> {
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";
    private static final String RESIZE = "resize-short-side";
    private static final String PARTS = "parts";
    private static final String BAD_IMAGES = "bad-images";
    private static final String LARGEST_IMAGE = "largest-image";
    private static final String SKIP = "skip";
    private static final int IMAGES_PER_PART = 2000;
    private static final int PIXELS = 100_000_000;

    @Parameters(
            index = "0..*",
            paramLabel = "key=value",
            description = {
                "input=PATH  folder with one folder per class",
                "output=PATH  new folder for the Parquet files",
                "resize-short-side=N  larger images are made that small, as JPEGs (as they are)",
                "parts=N  files (one for each 2000 images)",
                "bad-images=skip|fail  (skip, and list them in _bad-images.txt)",
                "largest-image=N  pixels; an image that claims more is bad (100000000)"
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given =
                CommandArguments.split(arguments, Set.of(INPUT, OUTPUT, RESIZE, PARTS, BAD_IMAGES, LARGEST_IMAGE));
        if (!given.assignments().isEmpty()) {
            throw new RefusedException(given.assignments().get(0) + " is no argument of pack", "see pack --help");
        }
        String input = AbsolutePaths.of(INPUT, given.required(INPUT), hadoop);
        AtomicFolder output = AtomicFolder.of(OUTPUT, AbsolutePaths.of(OUTPUT, given.required(OUTPUT), hadoop), hadoop);
        boolean skipBad = given.choice(BAD_IMAGES, List.of(SKIP, "fail")).equals(SKIP);
        ImageFolderSource source = ImageFolderSource.open(INPUT, input, Shape.of(1, 1, 1), skipBad, hadoop);
        int images = source.description().count();
        int parts = Math.min(images, given.number(PARTS, (images + IMAGES_PER_PART - 1) / IMAGES_PER_PART));
        int shortSide = given.own().containsKey(RESIZE) ? given.number(RESIZE, 1) : 0;
        Packer.Options options = new Packer.Options(shortSide, parts, skipBad, given.number(LARGEST_IMAGE, PIXELS));
        System.out.printf(
                "%d files in %d classes%n",
                images, source.description().classNames().size());
        try (JavaSparkContext spark = SparkStart.context("sparknorm pack", 0)) {
            List<String> bad = Packer.pack(spark, source, options, output.begin());
            output.writeLines(PackedFiles.CLASSES, source.description().classNames());
            output.writeLines(PackedFiles.BAD_IMAGES, bad);
            output.finish();
            System.out.printf(
                    "%d images in %d files written to %s; %d bad ones left out%s%n",
                    images + source.leftOut().size() - bad.size(),
                    parts,
                    output,
                    bad.size(),
                    bad.isEmpty() ? "" : ", see " + PackedFiles.BAD_IMAGES);
        }
        return 0;
    }
}
