package org.sparknorm.data.image;

/**
 * Says that bytes are no image that can be used. The message is one line about the bytes, such as "PNG ends too early".
 * The exception is checked, so that the caller who knows the name of the file puts it in front.
 */
public final class BadImageException extends Exception {
    BadImageException(String message) {
        super(message);
    }

    BadImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
