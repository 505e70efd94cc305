package org.sparknorm.data.image;

/** A part of a picture, in pixels from its upper left corner. It may reach beyond the edges. */
record Rectangle(int left, int top, int width, int height) {}
