package org.sparknorm.data;

/** Says what the bytes of an example are. */
public enum ExampleForm {
    /** The bytes are those of the pixels or of the text, as many as the network sees. */
    RAW_BYTES,
    /** The bytes are an image file, which is decoded and cut. */
    FILE,
    /** The bytes are the values that the network sees, as big-endian float32. */
    VALUES
}
