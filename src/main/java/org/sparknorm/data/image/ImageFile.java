package org.sparknorm.data.image;

import java.io.IOException;

/** An image whose header has been read, and for which nothing has been allocated yet. */
interface ImageFile {
    /** The size of the picture, after its orientation has been applied. */
    Picture.Size size();

    /**
     * Decodes the image. May also throw any unchecked exception of a reader that cannot cope with the bytes.
     *
     * @throws IOException if a reader finds the bytes damaged
     * @throws BadImageException if the bytes cannot be used, with the reason
     */
    Picture decode() throws IOException, BadImageException;
}
