/**
 * Formats of examples, generated data and the order of examples, over plain streams. Floor 2, above {@code data.image}.
 */
package org.sparknorm.data;
