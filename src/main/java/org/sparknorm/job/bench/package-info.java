/** The commands that measure what a step costs. Floor 6, below {@code job}. */
package org.sparknorm.job.bench;
