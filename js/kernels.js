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

/** The functions that a module must export. */
const functions = ['affine', 'sigmoid', 'multiply', 'add', 'exp', 'reciprocal', 'bias']
  .flatMap((layer) => [`${layer}_forward`, `${layer}_backward`])
  .concat('randn', 'layerlens_variant');

/**
 * @param {WebAssembly.Exports} exports
 * @returns {Kernels}
 * @throws {LoadError} if the module isn't ours
 */
export function checkKernels(exports) {
  const missing = functions.filter((name) => typeof exports[name] !== 'function');
  if (!(exports.memory instanceof WebAssembly.Memory)) missing.push('memory');
  if (!(exports.__heap_base instanceof WebAssembly.Global)) missing.push('__heap_base');
  if (missing.length > 0) throw new LoadError(`load: this module isn't one of layerlens: it doesn't export ${missing.join(', ')}`);
  return /** @type {Kernels} */ (/** @type {unknown} */ (exports));
}
