/** Builds the networks that a configuration can name. Floor 3. */
package org.sparknorm.model;
