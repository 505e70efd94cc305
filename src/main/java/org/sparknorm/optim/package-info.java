/** Updates the weights, at a learning rate that is a function of the step. Floor 2, above {@code nn}. */
package org.sparknorm.optim;
