/** The commands of spark-submit. Floor 5. */
package org.sparknorm.job;
