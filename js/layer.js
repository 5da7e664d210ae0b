// What all layers have in common: the checks, the memory and the order of a pass. What a layer computes is in its own file.

import { checkFits, checkOptions, show } from './check.js';
import { ArgumentError, StateError } from './errors.js';
import { Region } from './memory.js';
import { Tensor } from './tensor.js';
import { endOfUse } from './using.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./kernels.js').Kernels} Kernels */

/**
 * A trained tensor of a layer and its gradient, of the same shape.
 * @typedef {Readonly<{ name: string, value: Tensor, grad: Tensor }>} Parameter
 */

/** A layer: `forward` computes its output, `backward` the gradients of its input and its parameters. */
export class Layer {
  /** @type {readonly Parameter[]} */
  #parameters = [];
  /** The last forward pass, which backward needs. @type {{ x: Tensor, y: Tensor } | undefined} */
  #pass;
  /** A shape of x that fits, and that of its y. A small kernel takes less time than the check. @type {{ x: Shape, y: Shape }} */
  #fits = { x: [], y: [] };
  #disposed = false;
  #x;
  #dout;
  /** @type {Region} */
  #y;
  /** @type {Region} */
  #dx;
  /** What forward and backward write, and so can't read. */
  #written;

  /**
   * @internal
   * @param {Runtime} runtime
   * @param {string} name of its kind
   * @param {string} label its name and what it was made with, for messages
   */
  constructor(runtime, name, label = name) {
    runtime._checkAlive(name);
    /** The runtime that it belongs to. */
    this.runtime = runtime;
    /** The kind of layer: `affine`, `sigmoid`, … @readonly */
    this.name = name;
    /** The kind of layer and its sizes or constant: `affine(3, 2)`. @readonly */
    this.label = label;
    /** The operations, for messages. @internal */
    this._where = { forward: `${name}.forward`, backward: `${name}.backward` };
    const again = (/** @type {string} */ pass) =>
      `its numbers are gone, since the layer ${label} has run ${pass} again or was disposed of; clone() keeps a copy`;
    // Nested arrays that a user passes, and the two results: allocated at first use, then used again.
    this.#x = new Region(runtime._memory, again('forward'));
    this.#dout = new Region(runtime._memory, again('backward'));
    this.#y = new Region(runtime._memory, again('forward'));
    this.#dx = new Region(runtime._memory, again('backward'));
    this.#written = { forward: [this.#y], backward: [this.#dx] };
  }

  /** The tensors that training changes, with their gradients. */
  get parameters() {
    return this.#parameters;
  }

  /**
   * @param {TensorLike} x its input
   * @returns {Tensor} its output, which the layer owns: readable until its next `forward`
   * @throws ShapeError if x doesn't fit the layer; ArgumentError if x is no tensor; StateError if x is stale, disposed or
   *   another runtime's; MemoryError
   */
  forward(x) {
    const where = this._where.forward;
    this._checkAlive(where);
    const input = this.runtime._read(where, x);
    const shape = this._fit(input._shape);
    this.#checkParameters(where);
    checkApart(where, input, this.#written.forward, this.label);

    const kept = this.runtime._place(input, this.#x);
    const y = this.runtime._output(this.#y, shape);
    this._forward(this.runtime._kernels, y, kept);
    this.#pass = { x: kept, y };
    return y;
  }

  /**
   * The backward pass.
   * @overload
   * @param {TensorLike} dout the gradient of the loss with respect to the output of the last `forward`, of the same shape
   * @returns {Tensor} the gradient with respect to its input, which the layer owns: readable until its next `backward`.
   *   The gradients of its parameters are overwritten, not accumulated.
   * @throws ShapeError if dout doesn't fit; ArgumentError if dout is no tensor; StateError before `forward`, or if a tensor
   *   is stale, disposed or another runtime's; MemoryError
   */
  /**
   * The backward pass, without the gradient with respect to the input where `dx` is false: training has no use for it at the
   * beginning of a network, where it can take a third of the time.
   * @overload
   * @param {TensorLike} dout as above
   * @param {{ dx?: boolean }} options
   * @returns {Tensor | undefined} the gradient with respect to its input, or undefined where that is left out
   * @throws as above; ArgumentError for other options
   */
  /**
   * @param {TensorLike} dout
   * @param {{ dx?: boolean }} [options]
   * @returns {Tensor | undefined}
   */
  backward(dout, options) {
    const where = this._where.backward;
    this._checkAlive(where);
    const wanted = wantsInputGradient(where, options);
    if (!this.#pass) throw new StateError(`${where}: call forward first (layer ${this.label})`);
    const { x, y } = this.#pass;
    const input = this.runtime._read(where, dout);
    checkFits(where, 'dout', y._shape, input._shape, this.label);
    this.#checkParameters(where);
    checkApart(where, input, this.#written.backward, this.label);
    if (this._keepsInput) {
      if (x._stale) x._check(`${where}: the x of the last forward`);
      checkApart(where, x, this.#written.backward, this.label);
    }

    const kept = this.runtime._place(input, this.#dout);
    if (!wanted) this.#dx.dispose(); // an earlier one doesn't belong to this pass
    const dx = wanted ? this.runtime._output(this.#dx, x._shape) : undefined;
    this._backward(this.runtime._kernels, dx, kept, x, y);
    return dx;
  }

  /** Frees what the layer owns; it can't be used any more. Disposing twice is harmless. */
  dispose() {
    this.#disposed = true;
    this.#pass = undefined; // it would keep the user's x
    for (const region of [this.#x, this.#dout, this.#y, this.#dx]) region.dispose();
    for (const { value, grad } of this.parameters) {
      if (value._owner === this) value._region.dispose();
      grad._region.dispose();
    }
  }

  [endOfUse]() {
    this.dispose();
  }

  /**
   * Adds a parameter, and its gradient of zeros.
   * @internal
   * @param {string} name
   * @param {Tensor} value
   */
  _addParameter(name, value) {
    value._owner ??= this;
    const grad = this.runtime._made(value._shape, `the layer ${this.label} was disposed of`);
    grad._owner = this;
    this.#parameters = Object.freeze([...this.#parameters, Object.freeze({ name, value, grad })]);
    this.#written.backward.push(grad._region);
  }

  /** Whether backward reads x, so that it must still be there. @internal @type {boolean} */
  get _keepsInput() {
    return false;
  }

  /**
   * The shape of y for that of x, of which it remembers the last.
   * @internal
   * @param {Shape} x
   * @throws {ShapeError} if x doesn't fit the layer
   */
  _fit(x) {
    const { x: known } = this.#fits;
    if (x.length !== known.length || x[0] !== known[0] || x[1] !== known[1]) {
      this.#fits = { x, y: this._outputShape(this._where.forward, x) };
    }
    return this.#fits.y;
  }

  /** @param {string} where */
  #checkParameters(where) {
    for (const { value } of this.#parameters) {
      if (value._stale) value._check(`${where}: a parameter of ${this.label}`);
    }
  }

  /**
   * The shape of y for that of x; throws where x doesn't fit. Elementwise unless a layer says otherwise.
   * @internal
   * @param {string} _where
   * @param {Shape} x
   * @returns {Shape}
   */
  _outputShape(_where, x) {
    return x;
  }

  /**
   * Writes y.
   * @internal
   * @param {Kernels} _kernels
   * @param {Tensor} _y
   * @param {Tensor} _x
   */
  _forward(_kernels, _y, _x) {}

  /**
   * Writes dx, where it is wanted, and the gradients of the parameters.
   * @internal
   * @param {Kernels} _kernels
   * @param {Tensor | undefined} _dx
   * @param {Tensor} _dout
   * @param {Tensor} _x its shape always counts, its numbers only where `_keepsInput` says so
   * @param {Tensor} _y
   */
  _backward(_kernels, _dx, _dout, _x, _y) {}

  /** @internal @param {string} where */
  _checkAlive(where) {
    this.runtime._checkAlive(where);
    if (this.#disposed) throw new StateError(`${where}: the layer ${this.label} was disposed of`);
  }
}

/**
 * Whether `backward` is to compute the gradient with respect to the input.
 * @param {string} where
 * @param {{ dx?: boolean } | undefined} options
 */
export function wantsInputGradient(where, options) {
  if (options === undefined) return true;
  const { dx } = checkOptions(where, options, { dx: true });
  if (typeof dx !== 'boolean') throw new ArgumentError(`${where}: dx must be true or false, got ${show(dx)}`);
  return dx;
}

/**
 * Kernels can't write what they are reading.
 * @param {string} where
 * @param {object} input
 * @param {Region[]} outputs
 * @param {string} label of the layer
 */
export function checkApart(where, input, outputs, label) {
  if (input instanceof Tensor && outputs.includes(input._region)) {
    throw new StateError(`${where}: this would overwrite its own input; pass a clone() (layer ${label})`);
  }
}

/**
 * The number of samples: rank 1 is one sample.
 * @param {Shape} shape
 */
export const rowsOf = (shape) => (shape.length === 1 ? 1 : shape[0]);

/** @param {Tensor | undefined} tensor its address, for a kernel; null where there is none */
export const at = (tensor) => (tensor ? tensor._region.offset : 0);

