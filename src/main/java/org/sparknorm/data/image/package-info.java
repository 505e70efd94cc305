/** Image files, what is done to images, and the pixels that a network sees, over plain streams. Floor 2, above {@code data}. */
package org.sparknorm.data.image;
