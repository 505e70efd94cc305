/** Updates of the weights and the learning rate as a function of the step. Floor 2, above {@code nn}. */
package org.sparknorm.optim;
