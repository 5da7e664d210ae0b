// What a kernel module exports, as src/layerlens.h declares it. Tensors are addresses in bytes, sizes count elements.

import { LoadError } from './errors.js';

/**
 * @typedef {object} Kernels
 * @property {WebAssembly.Memory} memory
 * @property {WebAssembly.Global} __heap_base the first byte of the memory that the module itself does not use
 * @property {() => number} layerlens_variant
 * @property {(y: number, x: number, w: number, b: number, rows: number, inputs: number, outputs: number) => void} affine_forward
 * @property {(dx: number, dw: number, db: number, dout: number, x: number, w: number, rows: number, inputs: number,
 *   outputs: number) => void} affine_backward
 * @property {(y: number, x: number, n: number) => void} sigmoid_forward
 * @property {(dx: number, dout: number, y: number, n: number) => void} sigmoid_backward
 * @property {(y: number, x: number, n: number) => void} relu_forward
 * @property {(dx: number, dout: number, y: number, n: number) => void} relu_backward
 * @property {(y: number, x: number, c: number, n: number) => void} multiply_forward
 * @property {(dx: number, dout: number, c: number, n: number) => void} multiply_backward
 * @property {(y: number, x: number, c: number, n: number) => void} add_forward
 * @property {(dx: number, dout: number, c: number, n: number) => void} add_backward
 * @property {(y: number, x: number, n: number) => void} exp_forward
 * @property {(dx: number, dout: number, y: number, n: number) => void} exp_backward
 * @property {(y: number, x: number, n: number) => void} reciprocal_forward
 * @property {(dx: number, dout: number, y: number, n: number) => void} reciprocal_backward
 * @property {(y: number, x: number, b: number, rows: number, outputs: number) => void} bias_forward
 * @property {(dx: number, db: number, dout: number, rows: number, outputs: number) => void} bias_backward
 * @property {(p: number, x: number, t: number, rows: number, classes: number) => number} softmax_cross_entropy_forward
 * @property {(dx: number, p: number, t: number, rows: number, classes: number) => void} softmax_cross_entropy_backward
 * @property {(x: number, t: number, n: number) => number} mean_squared_error_forward
 * @property {(dx: number, x: number, t: number, n: number) => void} mean_squared_error_backward
 * @property {(w: number, dw: number, lr: number, n: number) => void} sgd_step
 * @property {(w: number, velocity: number, dw: number, lr: number, momentum: number, n: number) => void} momentum_step
 * @property {(w: number, sum: number, dw: number, lr: number, eps: number, n: number) => void} adagrad_step
 * @property {(w: number, mean: number, square: number, dw: number, lr: number, beta1: number, beta2: number, eps: number,
 *   step: number, n: number) => void} adam_step
 * @property {(y: number, x: number, order: number, rows: number, columns: number) => void} take_rows
 * @property {(x: number, n: number, seed: number, std: number) => void} randn
 * @property {(order: number, n: number, seed: number, epoch: number) => void} shuffle
 */

/** @typedef {'scalar' | 'simd' | 'relaxed'} Variant The builds of the kernels, slowest first. */

/** In the order of the numbers that `layerlens_variant` returns. @type {Variant[]} */
export const variants = ['scalar', 'simd', 'relaxed'];

const passes = ['affine', 'sigmoid', 'relu', 'multiply', 'add', 'exp', 'reciprocal', 'bias', 'softmax_cross_entropy', 'mean_squared_error'];

/** The functions that a module must export. */
const functions = [
  ...passes.flatMap((name) => [`${name}_forward`, `${name}_backward`]),
  ...['sgd', 'momentum', 'adagrad', 'adam'].map((name) => `${name}_step`),
  ...['take_rows', 'randn', 'shuffle', 'layerlens_variant'],
];

/**
 * @param {WebAssembly.Exports} exports
 * @returns {Kernels}
 * @throws LoadError if the module isn't ours
 */
export function checkKernels(exports) {
  const missing = functions.filter((name) => typeof exports[name] !== 'function');
  if (!(exports.memory instanceof WebAssembly.Memory)) missing.push('memory');
  if (!(exports.__heap_base instanceof WebAssembly.Global)) missing.push('__heap_base');
  if (missing.length > 0) throw new LoadError(`load: this module isn't one of layerlens: it doesn't export ${missing.join(', ')}`);
  return /** @type {Kernels} */ (/** @type {unknown} */ (exports));
}
