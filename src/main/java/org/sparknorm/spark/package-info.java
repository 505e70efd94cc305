/** The training loop's workers on Spark: dealing, barrier stages, the statistics endpoint. Floor 4. */
package org.sparknorm.spark;
