package org.sparknorm.data.image;

/** Moves pixels of pictures without changing their values. The given pictures are not changed. */
final class Pixels {
    private Pixels() {}

    /** Cuts a part from a picture; it is zero (black) where it reaches beyond the edges. */
    static Picture cut(Picture picture, Rectangle part) {
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(part.width(), part.height()), Picture.CHANNELS)];
        // The columns and rows of the part that lie inside; computed in long, because a part may lie anywhere.
        int left = (int) Math.max(0L, -(long) part.left());
        int right = (int) Math.min(part.width(), (long) picture.width() - part.left());
        int top = (int) Math.max(0L, -(long) part.top());
        int bottom = (int) Math.min(part.height(), (long) picture.height() - part.top());
        if (left < right) {
            for (int y = top; y < bottom; y++) {
                int from = (part.top() + y) * picture.width() + part.left() + left;
                System.arraycopy(
                        picture.pixels(),
                        from * Picture.CHANNELS,
                        pixels,
                        (y * part.width() + left) * Picture.CHANNELS,
                        (right - left) * Picture.CHANNELS);
            }
        }
        return new Picture(part.width(), part.height(), pixels);
    }

    /** Exchanges left and right. */
    static Picture mirrored(Picture picture) {
        byte[] pixels = picture.pixels();
        byte[] mirrored = new byte[pixels.length];
        int row = picture.width() * Picture.CHANNELS;
        for (int start = 0; start < pixels.length; start += row) {
            int to = start + row - Picture.CHANNELS;
            for (int from = start; from < start + row; from += Picture.CHANNELS) {
                mirrored[to] = pixels[from];
                mirrored[to + 1] = pixels[from + 1];
                mirrored[to + 2] = pixels[from + 2];
                to -= Picture.CHANNELS;
            }
        }
        return new Picture(picture.width(), picture.height(), mirrored);
    }
}
