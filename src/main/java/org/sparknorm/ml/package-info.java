/** Training and inference as stages of Spark ML pipelines. Floor 5, beside {@code job}; neither knows the other. */
package org.sparknorm.ml;
