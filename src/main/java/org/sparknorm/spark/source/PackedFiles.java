package org.sparknorm.spark.source;

/** The names of what {@code pack} writes, which the sources know again. */
public final class PackedFiles {
    /** The column of paths. */
    public static final String PATH = "path";
    /** The file next to the Parquet files with the names of the classes, one per line. */
    public static final String CLASSES = "_classes.txt";
    /** The file next to the Parquet files that lists the bad images; readers of Parquet ignore its underscore. */
    public static final String BAD_IMAGES = "_bad-images.txt";

    private PackedFiles() {}
}
