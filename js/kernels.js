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
 * @property {(x: number, n: number, seed: number, std: number) => void} randn
 */

/** @typedef {'scalar' | 'simd' | 'relaxed'} Variant The builds of the kernels, slowest first. */

/** In the order of the numbers that `layerlens_variant` returns. @type {Variant[]} */
export const variants = ['scalar', 'simd', 'relaxed'];

/** @type {(keyof Kernels)[]} */
const names = [
  'layerlens_variant',
  'affine_forward',
  'affine_backward',
  'sigmoid_forward',
  'sigmoid_backward',
  'multiply_forward',
  'multiply_backward',
  'add_forward',
  'add_backward',
  'exp_forward',
  'exp_backward',
  'reciprocal_forward',
  'reciprocal_backward',
  'bias_forward',
  'bias_backward',
  'randn',
];

/**
 * @param {WebAssembly.Exports} exports
 * @returns {Kernels}
 * @throws {LoadError} if the module isn't ours
 */
export function checkKernels(exports) {
  const missing = names.filter((name) => typeof exports[name] !== 'function');
  if (!exports.memory) missing.unshift('memory');
  if (!exports.__heap_base) missing.unshift('__heap_base');
  if (missing.length > 0) throw new LoadError(`load: this module isn't one of layerlens: it doesn't export ${missing.join(', ')}`);
  return /** @type {Kernels} */ (/** @type {unknown} */ (exports));
}
