/** Image files, what is done to images, and the values of their pixels, over plain streams. Floor 2. */
package org.sparknorm.data.image;
