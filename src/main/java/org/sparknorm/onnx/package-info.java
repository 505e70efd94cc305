/** Writes trained networks as ONNX files for other runtimes. Floor 3. */
package org.sparknorm.onnx;
