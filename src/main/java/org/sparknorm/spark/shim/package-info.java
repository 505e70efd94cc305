/** The parts of Spark that are internal or made for Scala, for use from Java. Floor 4. */
package org.sparknorm.spark.shim;
