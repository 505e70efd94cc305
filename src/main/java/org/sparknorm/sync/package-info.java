/** Sums over slices in one fixed tree, among threads and over any carrier. Floor 1. */
package org.sparknorm.sync;
