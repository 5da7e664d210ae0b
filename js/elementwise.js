// Layers that work on each element alone: the activations, and the scalar nodes of a computational graph.

import { at, Layer } from './layer.js';

/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').Tensor} Tensor */

/**
 * y and dx have the shape of x, whatever that is:
 *
 *     sigmoid     y = 1 / (1 + exp(−x))   dx = dout · y · (1 − y)
 *     relu        y = max(x, 0)           dx = 0 where y ≤ 0, else dout
 *     multiply    y = c · x               dx = dout · c
 *     exp         y = exp(x)              dx = dout · y
 *     add         y = x + c               dx = dout
 *     reciprocal  y = 1 / x               dx = dout · (−y²)
 */
export class Elementwise extends Layer {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {'sigmoid' | 'relu' | 'multiply' | 'exp' | 'add' | 'reciprocal'} name
   * @param {number} [c]
   */
  constructor(runtime, name, c) {
    super(runtime, name, c === undefined ? name : `${name}(${c})`);
    /** The constant of `multiply` and `add`. @readonly */
    this.c = c;
    /** The names of its kernels. @internal */
    this._names = { forward: `${name}_forward`, backward: `${name}_backward` };
  }

  /**
   * @internal
   * @param {any} kernels those of one element: (y, x, n), or (y, x, c, n) with a constant
   * @param {Tensor} y
   * @param {Tensor} x
   */
  _forward(kernels, y, x) {
    const { forward } = this._names;
    if (this.c === undefined) kernels[forward](at(y), at(x), x.size);
    else kernels[forward](at(y), at(x), this.c, x.size);
  }

  /**
   * @internal
   * @param {any} kernels (dx, dout, y, n), or (dx, dout, c, n) with a constant
   * @param {Tensor | undefined} dx
   * @param {Tensor} dout
   * @param {Tensor} _x
   * @param {Tensor} y
   */
  _backward(kernels, dx, dout, _x, y) {
    if (dx) kernels[this._names.backward](at(dx), at(dout), this.c ?? at(y), y.size);
  }
}
