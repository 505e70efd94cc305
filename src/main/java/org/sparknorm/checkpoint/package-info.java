/** Weights and statistics in files. Floor 2, above {@code optim}. */
package org.sparknorm.checkpoint;
