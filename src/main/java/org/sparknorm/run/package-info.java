/** What a run is: its plan, what it goes on from, its recorders, and what it needs of memory and of Spark. Floor 5. */
package org.sparknorm.run;
