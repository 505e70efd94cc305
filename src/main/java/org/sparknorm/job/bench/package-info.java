/** The commands that measure. Floor 6, below {@code job}. */
package org.sparknorm.job.bench;
