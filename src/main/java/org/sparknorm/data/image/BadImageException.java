package org.sparknorm.data.image;

/**
 * The bytes are no picture that can be used. The message is one line about what is wrong with them, as "PNG ends too
 * early"; who knows their file puts its name in front. Checked, so that nobody forgets to.
 */
public final class BadImageException extends Exception {
    BadImageException(String message) {
        super(message);
    }

    BadImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
