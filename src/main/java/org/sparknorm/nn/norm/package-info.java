/** Normalization: statistics over axes, then one affine map per channel. Floor 2, above {@code nn}. */
package org.sparknorm.nn.norm;
