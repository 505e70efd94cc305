package org.sparknorm.data;

/**
 * What resizing does along one axis: source pixels {@code from .. from + length - 1} are stretched or shrunk to {@code
 * size} pixels, of which {@code windowFrom .. windowFrom + window - 1} are wanted. A window is, to the bit, what would
 * be cut from the whole; only a window is ever computed, so the whole may be larger than memory.
 */
record Axis(int from, int length, long size, long windowFrom, int window) {
    static Axis whole(int from, int length, int size) {
        return new Axis(from, length, size, 0, size);
    }
}
