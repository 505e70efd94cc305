/** Sums between tasks that run: the endpoint on the driver, its clients in the tasks, and their messages. Floor 4. */
package org.sparknorm.spark.endpoint;
