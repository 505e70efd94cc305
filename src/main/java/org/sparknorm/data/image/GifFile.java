package org.sparknorm.data.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first frame of a GIF (version 89a), drawn at its place on the screen of the file, which is enlarged if the frame
 * needs it. What the frame does not cover has the background colour, or is black where there is no common palette.
 * Transparent pixels keep the colour of their index; an index beyond the end of its palette is black.
 */
final class GifFile implements ImageFile {
    private static final int SIGNATURE_BYTES = 6;
    private static final int EXTENSION = 0x21;
    private static final int FRAME = 0x2c;
    private static final int END = 0x3b;
    private static final int PALETTE_FLAG = 0x80;
    private static final int INTERLACED_FLAG = 0x40;
    private static final int COLORS = 256;
    /** By pass of an interlaced frame: its first row. */
    private static final int[] FIRST_ROW = {0, 4, 2, 1};
    /** By pass of an interlaced frame: the step from one row to the next. */
    private static final int[] ROW_STEP = {8, 8, 4, 2};

    /** After the constructor its position is that of the code size of the frame. */
    private final ByteBuffer file;

    private final Picture.Size screen;
    private final Picture.Size frame;
    private final int left;
    private final int top;
    private final boolean isInterlaced;
    private final byte[] palette;
    private final byte[] background = new byte[Picture.CHANNELS];

    GifFile(byte[] bytes) throws BadImageException {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.get(new byte[SIGNATURE_BYTES]);
        int screenWidth = unsignedShort();
        int screenHeight = unsignedShort();
        int flags = file.get();
        int backgroundIndex = unsignedByte();
        file.get();
        byte[] common = palette(flags);
        if (common != null) {
            System.arraycopy(common, backgroundIndex * Picture.CHANNELS, background, 0, Picture.CHANNELS);
        }
        skipToFrame();
        this.left = unsignedShort();
        this.top = unsignedShort();
        this.frame = new Picture.Size(unsignedShort(), unsignedShort());
        int frameFlags = file.get();
        this.isInterlaced = (frameFlags & INTERLACED_FLAG) != 0;
        byte[] own = palette(frameFlags);
        this.palette = own == null ? common : own;
        this.screen = new Picture.Size(
                Math.max(screenWidth, left + frame.width()), Math.max(screenHeight, top + frame.height()));
    }

    private void skipToFrame() throws BadImageException {
        int block = unsignedByte();
        while (block == EXTENSION) {
            file.get();
            subBlocks();
            block = unsignedByte();
        }
        if (block != FRAME) {
            throw new BadImageException(
                    block == END ? "GIF has no frame" : "GIF is damaged: a block 0x%02x".formatted(block));
        }
    }

    /** Reads a palette with room for every index; null if the flags say that there is none. */
    private byte[] palette(int flags) {
        if ((flags & PALETTE_FLAG) == 0) {
            return null;
        }
        byte[] colors = new byte[COLORS * Picture.CHANNELS];
        file.get(colors, 0, (2 << (flags & 7)) * Picture.CHANNELS);
        return colors;
    }

    @Override
    public Picture.Size size() {
        return screen;
    }

    @Override
    public Picture decode() throws BadImageException {
        if (palette == null) {
            throw new BadImageException("GIF has no palette");
        }
        if (frame.pixels() == 0) {
            throw new BadImageException("GIF has a frame of %d x %d pixels".formatted(frame.width(), frame.height()));
        }
        int codeBits = unsignedByte();
        byte[] indices = GifLzw.decode(subBlocks(), codeBits, Math.toIntExact(frame.pixels()));
        Picture picture = Picture.black(screen);
        if (frame.pixels() < screen.pixels()) {
            fill(picture.pixels(), background);
        }
        if (!isInterlaced) {
            draw(indices, 0, 0, 1, picture);
            return picture;
        }
        int row = 0;
        for (int pass = 0; pass < FIRST_ROW.length; pass++) {
            row = draw(indices, row, FIRST_ROW[pass], ROW_STEP[pass], picture);
        }
        return picture;
    }

    private static void fill(byte[] pixels, byte[] color) {
        for (int to = 0; to < pixels.length; to += Picture.CHANNELS) {
            System.arraycopy(color, 0, pixels, to, Picture.CHANNELS);
        }
    }

    /**
     * Draws rows of indices, from {@code row} on, to every {@code step}-th row of the frame; returns the row after
     * them.
     */
    private int draw(byte[] indices, int row, int first, int step, Picture picture) {
        int from = row * frame.width();
        int next = row;
        for (int y = first; y < frame.height(); y += step, next++) {
            int to = ((top + y) * screen.width() + left) * Picture.CHANNELS;
            for (int x = 0; x < frame.width(); x++, to += Picture.CHANNELS) {
                int color = Byte.toUnsignedInt(indices[from++]) * Picture.CHANNELS;
                System.arraycopy(palette, color, picture.pixels(), to, Picture.CHANNELS);
            }
        }
        return next;
    }

    /** Reads the content of blocks of up to 255 bytes, up to an empty block. */
    private byte[] subBlocks() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int length = unsignedByte(); length > 0; length = unsignedByte()) {
            byte[] block = new byte[length];
            file.get(block);
            content.writeBytes(block);
        }
        return content.toByteArray();
    }

    private int unsignedByte() {
        return Byte.toUnsignedInt(file.get());
    }

    private int unsignedShort() {
        return Short.toUnsignedInt(file.getShort());
    }
}
