/** Formats, generated data, what is done to pictures and the order of examples, over plain streams. Floor 2. */
package org.sparknorm.data;
