/** Weights, statistics and whole moments of a run in files of any Hadoop file system. Floor 2, above {@code optim}. */
package org.sparknorm.checkpoint;
