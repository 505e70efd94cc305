/** Formats of the input as RDDs of examples. Floor 4. */
package org.sparknorm.spark.source;
