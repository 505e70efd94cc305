/** The commands of {@code spark-submit}. Floor 6. */
package org.sparknorm.job;
