package org.sparknorm.data.image;

import java.io.IOException;

/** An image of which the header has been read and nothing yet allocated by what it says. */
interface ImageFile {
    /** As the picture will be, with the orientation a camera noted applied. */
    Picture.Size size();

    /**
     * May also throw any unchecked exception of a reader that stumbles over the bytes.
     *
     * @throws IOException from readers, if the bytes are damaged
     * @throws BadImageException if they are in a way that has a name
     */
    Picture decode() throws IOException, BadImageException;
}
