package org.sparknorm.data.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;

/**
 * A PNG (ISO/IEC 15948). The JDK's reader, which compares no checksums, gets only the chunks that make up the picture,
 * after their checksums have been compared. Profiles, texts and all other chunks are left out.
 */
final class PngFile implements ImageFile {
    private static final int SIGNATURE_BYTES = 8;
    private static final int HEADER_BYTES = 13;
    /** Number of bytes of length, type and checksum of a chunk. */
    private static final int FRAME_BYTES = 12;

    private static final int HEADER = 0x49484452;
    private static final int PALETTE = 0x504c5445;
    private static final int DATA = 0x49444154;
    private static final int END = 0x49454e44;

    private final ByteBuffer file;
    private final Picture.Size size;

    PngFile(byte[] bytes) throws BadImageException {
        this.file = ByteBuffer.wrap(bytes);
        file.position(SIGNATURE_BYTES);
        if (file.getInt() != HEADER_BYTES || file.getInt() != HEADER) {
            throw new BadImageException("PNG does not begin with its header");
        }
        this.size = new Picture.Size(file.getInt(), file.getInt());
    }

    @Override
    public Picture.Size size() {
        return size;
    }

    @Override
    public Picture decode() throws IOException, BadImageException {
        byte[] chunks = essentialChunks();
        ImageReader reader = ImageIoPlugins.png();
        try {
            reader.setInput(new ByteArrayImageInputStream(chunks), true, true);
            return RasterToRgb.toPicture(reader.read(0));
        } finally {
            reader.dispose();
        }
    }

    /** Copies signature, header, palette, data and end. */
    private byte[] essentialChunks() throws BadImageException {
        ByteBuffer out = ByteBuffer.allocate(file.capacity());
        out.put(file.slice(0, SIGNATURE_BYTES));
        int type = 0;
        for (int at = SIGNATURE_BYTES; type != END; at += FRAME_BYTES + file.getInt(at)) {
            file.position(at);
            int length = file.getInt();
            if (length < 0 || length > file.remaining() - (FRAME_BYTES - Integer.BYTES)) {
                throw new BufferUnderflowException();
            }
            type = file.getInt();
            if (type == HEADER && at > SIGNATURE_BYTES) {
                throw new BadImageException("PNG has two headers");
            }
            if (type == HEADER || type == PALETTE || type == DATA || type == END) {
                check(at, length);
                out.put(file.slice(at, FRAME_BYTES + length));
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private void check(int at, int length) throws BadImageException {
        CRC32 checksum = new CRC32();
        checksum.update(file.slice(at + Integer.BYTES, Integer.BYTES + length));
        if ((int) checksum.getValue() != file.getInt(at + 2 * Integer.BYTES + length)) {
            throw new BadImageException("PNG is damaged: a checksum is wrong");
        }
    }
}
