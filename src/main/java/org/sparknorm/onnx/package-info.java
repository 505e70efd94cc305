/** Trained networks as ONNX files, for the runtimes of others. Floor 3. */
package org.sparknorm.onnx;
