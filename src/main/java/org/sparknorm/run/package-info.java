/** What a run is: its plan, folder, logs, checkpoints and reports, and what it needs of Spark. Floor 5. */
package org.sparknorm.run;
