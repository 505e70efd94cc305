/** Layers, loss and initial values, independent of Spark. Floor 2. */
package org.sparknorm.nn;
