/** The training loop's workers on Spark: the deal of examples, the tasks of a step, recovery. Floor 4. */
package org.sparknorm.spark;
