/** Writes and reads models and checkpoints as files on any Hadoop file system. Floor 2, above {@code optim}. */
package org.sparknorm.checkpoint;
