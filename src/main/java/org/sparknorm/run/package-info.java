/** A run: its plan, the checkpoint it continues from, its recorders, and its needs of memory and of Spark. Floor 5. */
package org.sparknorm.run;
