/**
 * Arrays with shapes, matrix products and the elementary functions and random numbers that give the same bits
 * everywhere. Floor 1.
 */
package org.sparknorm.tensor;
