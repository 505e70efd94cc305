/** What a run writes down of itself, to plain streams. Floor 1. */
package org.sparknorm.report;
