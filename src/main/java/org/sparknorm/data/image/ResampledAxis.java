package org.sparknorm.data.image;

/**
 * Describes resizing along one axis: the source pixels {@code from .. from + length - 1} are stretched or shrunk to
 * {@code size} pixels, of which {@code windowFrom .. windowFrom + window - 1} are computed. A window has the bits that
 * a cut from the whole would have; only the window is ever computed, so the whole may be larger than memory.
 */
record ResampledAxis(int from, int length, long size, long windowFrom, int window) {
    /** Computes all pixels. */
    static ResampledAxis whole(int from, int length, int size) {
        return new ResampledAxis(from, length, size, 0, size);
    }
}
