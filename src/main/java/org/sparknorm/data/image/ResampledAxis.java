package org.sparknorm.data.image;

/**
 * What resizing does along one axis: source pixels {@code from .. from + length - 1} are stretched or shrunk to {@code
 * size} pixels, of which {@code windowFrom .. windowFrom + window - 1} are wanted. A window is, to the bit, what would
 * be cut from the whole; only a window is ever computed, so the whole may be larger than memory.
 */
record ResampledAxis(int from, int length, long size, long windowFrom, int window) {
    static ResampledAxis whole(int from, int length, int size) {
        return new ResampledAxis(from, length, size, 0, size);
    }
}
