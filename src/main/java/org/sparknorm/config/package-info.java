/** The typed configuration of a run. Floor 1. */
package org.sparknorm.config;
