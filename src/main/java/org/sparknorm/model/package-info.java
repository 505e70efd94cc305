/** The networks, by name. Floor 3. */
package org.sparknorm.model;
