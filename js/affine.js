// The Affine layer, and the dot and bias nodes that it consists of.

import { checkFits } from './check.js';
import { at, Layer, rowsOf } from './layer.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').Tensor} Tensor */

/** y = x · W. x (N, in) or (in), W (in, out), y (N, out) or (out); backward gives dx like x and dW like W. */
export class Dot extends Layer {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {Tensor} W
   * @param {string} name
   */
  constructor(runtime, W, name = 'dot') {
    super(runtime, name, `${name}(${W._shape.join(', ')})`);
    this._addParameter('W', W);
  }

  /** The weights (in, out). */
  get W() {
    return this.parameters[0].value;
  }

  /** Their gradient (in, out): xᵀ · dout. Zeros before the first backward. */
  get dW() {
    return this.parameters[0].grad;
  }

  /** @internal */
  get _keepsInput() {
    return true;
  }

  /**
   * @internal
   * @param {string} where
   * @param {Shape} x
   */
  _outputShape(where, x) {
    const [inputs, outputs] = this.W._shape;
    checkFits(where, 'x', x.length === 1 ? [inputs] : ['N', inputs], x, this.label);
    return x.length === 1 ? [outputs] : [x[0], outputs];
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} y
   * @param {Tensor} x
   */
  _forward(kernels, y, x) {
    const [inputs, outputs] = this.W._shape;
    const [, bias] = this.parameters;
    kernels.affine_forward(at(y), at(x), at(this.W), at(bias?.value), rowsOf(x._shape), inputs, outputs);
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor | undefined} dx
   * @param {Tensor} dout
   * @param {Tensor} x
   */
  _backward(kernels, dx, dout, x) {
    const [inputs, outputs] = this.W._shape;
    const [weights, bias] = this.parameters;
    const rows = rowsOf(x._shape);
    kernels.affine_backward(at(dx), at(weights.grad), at(bias?.grad), at(dout), at(x), at(this.W), rows, inputs, outputs);
  }
}

/** y = x · W + b. b (out); backward leaves dW like W, and db like b: the sum of dout over axis 0, the samples. */
export class Affine extends Dot {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {Tensor} W
   * @param {Tensor} b
   */
  constructor(runtime, W, b) {
    super(runtime, W, 'affine');
    this._addParameter('b', b);
  }

  /** The bias (out). */
  get b() {
    return this.parameters[1].value;
  }

  /** Its gradient (out): the sum of dout over the samples. Zeros before the first backward. */
  get db() {
    return this.parameters[1].grad;
  }
}

/** y = x + b, the same b for each row. x, y (N, out) or (out), b (out); backward leaves db: the sum of dout over axis 0. */
export class AddBias extends Layer {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {Tensor} b
   */
  constructor(runtime, b) {
    super(runtime, 'addBias', `addBias(${b._shape[0]})`);
    this._addParameter('b', b);
  }

  /** The bias (out). */
  get b() {
    return this.parameters[0].value;
  }

  /** Its gradient (out). Zeros before the first backward. */
  get db() {
    return this.parameters[0].grad;
  }

  /**
   * @internal
   * @param {string} where
   * @param {Shape} x
   */
  _outputShape(where, x) {
    checkFits(where, 'x', x.length === 1 ? [this.b.size] : ['N', this.b.size], x, this.label);
    return x;
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} y
   * @param {Tensor} x
   */
  _forward(kernels, y, x) {
    kernels.bias_forward(at(y), at(x), at(this.b), rowsOf(x._shape), this.b.size);
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor | undefined} dx
   * @param {Tensor} dout
   */
  _backward(kernels, dx, dout) {
    kernels.bias_backward(at(dx), at(this.db), at(dout), rowsOf(dout._shape), this.b.size);
  }
}
