package org.sparknorm.data;

/** What the bytes of an example are. */
public enum ExampleForm {
    /** Those of pixels, or of a text, as many as the network sees. */
    PIXELS,
    /** An image file, to be decoded and cut. */
    FILE,
    /** What the network sees, float32, big-endian. */
    VALUES
}
