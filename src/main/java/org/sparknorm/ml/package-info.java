/** Training and inference as stages of Spark ML pipelines. Floor 6, next to {@code job}; neither knows the other. */
package org.sparknorm.ml;
