/** The files of a run: its folder, logs, results and reports, written and read. Floor 5, below {@code run}. */
package org.sparknorm.run.files;
