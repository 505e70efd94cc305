/** What Java needs of Spark's internals and of its Scala interfaces. Floor 4. */
package org.sparknorm.spark.shim;
