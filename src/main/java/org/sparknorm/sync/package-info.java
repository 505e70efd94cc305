/** Sums over slices in one fixed tree, on threads of one process and with other processes. Floor 1. */
package org.sparknorm.sync;
