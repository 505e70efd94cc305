/** Convolutions as matrix products over tiles. Floor 1, above {@code tensor}. */
package org.sparknorm.tensor.convolution;
