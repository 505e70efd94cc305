/** The training loop and what one slice does in a step, independent of Spark. Floor 3. */
package org.sparknorm.train;
