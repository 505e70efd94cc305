package org.sparknorm.data;

/** What the bytes of an example are. */
public enum ExampleForm {
    /** The bytes of the pixels or of the text, as many as the network sees. */
    RAW_BYTES,
    /** An image file, to be decoded and cut. */
    FILE,
    /** The values that the network sees, as float32, big-endian. */
    VALUES
}
