// Losses: how far a batch is from what is wanted, as one number, and the gradient that the backward pass starts from.

import { checkClasses, checkFits, Nested, showShape } from './check.js';
import { ShapeError, StateError } from './errors.js';
import { at, checkApart, rowsOf } from './layer.js';
import { Region } from './memory.js';
import { Tensor } from './tensor.js';
import { endOfUse } from './using.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */

/** @param {Tensor | Nested} list of rank 1 at most */
const numbersOf = (list) => (list instanceof Tensor ? list.data : list.rows[0]);

/** A loss, the end of a network: `forward` computes it, `backward` its gradient with respect to the network's output. */
export class Loss {
  /** What backward needs of the last forward: t, and x or what was computed from it. @type {{ kept: Tensor, t: Tensor } | undefined} */
  #pass;
  #disposed = false;
  #x;
  #t;
  #dx;

  /**
   * @internal
   * @param {Runtime} runtime
   * @param {string} name
   */
  constructor(runtime, name) {
    runtime._checkAlive(name);
    /** The runtime that it belongs to. */
    this.runtime = runtime;
    /** The kind of loss: `softmaxCrossEntropy` or `meanSquaredError`. @readonly */
    this.name = name;
    this.#x = this._region('forward');
    this.#t = this._region('forward');
    this.#dx = this._region('backward');
  }

  /**
   * @param {TensorLike} x what the network computed
   * @param {TensorLike | number} t what is wanted
   * @returns {number} the mean loss of the batch; NaN if that is empty
   * @throws ShapeError if t doesn't fit x; ArgumentError for other values; StateError if a tensor is stale, disposed or
   *   another runtime's; MemoryError
   */
  forward(x, t) {
    const where = `${this.name}.forward`;
    this._checkAlive(where);
    const input = this.runtime._read(`${where}: x`, x);
    const target = this._read(where, t, input._shape);

    const placed = this.runtime._place(input, this.#x);
    const wanted = this._target(target, input._shape, this.#t);
    const kept = this._keep(where, placed, wanted);
    this.#pass = { kept, t: wanted };
    return this._forward(this.runtime._kernels, kept, placed, wanted);
  }

  /**
   * @returns {Tensor} the gradient of the last forward's loss with respect to x, of its shape, which the loss owns: readable until
   *   its next `backward`
   * @throws StateError before `forward`, or if what it needs of that is stale or disposed; MemoryError
   */
  backward() {
    const where = `${this.name}.backward`;
    this._checkAlive(where);
    const { kept, t } = this._checkPass(where);
    kept._check(`${where}: the x of the last forward`);
    t._check(`${where}: the t of the last forward`);
    for (const input of [kept, t]) checkApart(where, input, [this.#dx], this.name);

    const dx = this.runtime._output(this.#dx, kept._shape);
    this._backward(this.runtime._kernels, dx, kept, t);
    return dx;
  }

  /** Frees what the loss owns; it can't be used any more. Disposing twice is harmless. */
  dispose() {
    this.#disposed = true;
    this.#pass = undefined; // it would keep the user's t
    for (const region of [this.#x, this.#t, this.#dx]) region.dispose();
  }

  [endOfUse]() {
    this.dispose();
  }

  /** @internal @param {string} where */
  _checkAlive(where) {
    this.runtime._checkAlive(where);
    if (this.#disposed) throw new StateError(`${where}: this loss was disposed of`);
  }

  /** @internal @param {string} where */
  _checkPass(where) {
    if (!this.#pass) throw new StateError(`${where}: call forward first`);
    return this.#pass;
  }

  /** @internal @param {string} pass which replaces the numbers in it */
  _region(pass) {
    const gone = `its numbers are gone, since ${this.name} has run ${pass} again or was disposed of; clone() keeps a copy`;
    return new Region(this.runtime._memory, gone);
  }

  /**
   * Checks what is wanted of all of x, or of a batch.
   * @internal
   * @param {string} where
   * @param {any} t
   * @param {Shape} x
   * @returns {Tensor | Nested} numbers that fit
   */
  _read(where, t, x) {
    const target = this.runtime._read(`${where}: t`, t);
    checkFits(where, 't', x, target._shape, this.name);
    return target;
  }

  /**
   * What is wanted, in the shape of x.
   * @internal
   * @param {Tensor | Nested} t
   * @param {Shape} _x
   * @param {Region} region for a t that has to be placed or made
   * @returns {Tensor}
   */
  _target(t, _x, region) {
    return this.runtime._place(t, region);
  }

  /**
   * What backward will need beside t: x itself, unless a loss says otherwise.
   * @internal
   * @param {string} _where
   * @param {Tensor} x
   * @param {Tensor} _t
   */
  _keep(_where, x, _t) {
    return x;
  }

  /**
   * @internal
   * @param {Kernels} _kernels
   * @param {Tensor} _kept
   * @param {Tensor} _x
   * @param {Tensor} _t
   * @returns {number} the mean loss
   */
  _forward(_kernels, _kept, _x, _t) {
    return 0;
  }

  /**
   * Writes dx.
   * @internal
   * @param {Kernels} _kernels
   * @param {Tensor} _dx
   * @param {Tensor} _kept
   * @param {Tensor} _t
   */
  _backward(_kernels, _dx, _kept, _t) {}
}

/** The mean of (x − t)² over all elements. x, t of the same shape; dx = 2 · (x − t) / their number. */
export class MeanSquaredError extends Loss {
  /** @internal @param {Runtime} runtime */
  constructor(runtime) {
    super(runtime, 'meanSquaredError');
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} _kept
   * @param {Tensor} x
   * @param {Tensor} t
   */
  _forward(kernels, _kept, x, t) {
    return kernels.mean_squared_error_forward(at(x), at(t), x.size);
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} dx
   * @param {Tensor} x
   * @param {Tensor} t
   */
  _backward(kernels, dx, x, t) {
    kernels.mean_squared_error_backward(at(dx), at(x), at(t), x.size);
  }
}

/**
 * Softmax and the cross-entropy loss: p = exp(x) / Σ exp(x) and −Σ t · ln p of each sample; dx = (p − t) / N.
 *
 * x (N, classes), or (classes) for one sample. t is the class of each sample, N numbers from 0 on or one number for one sample; or
 * the wanted probabilities, of the shape of x.
 */
export class SoftmaxCrossEntropy extends Loss {
  #p;

  /** @internal @param {Runtime} runtime */
  constructor(runtime) {
    super(runtime, 'softmaxCrossEntropy');
    this.#p = this._region('forward');
  }

  /**
   * The probabilities of the last forward: the softmax of x, of its shape. The loss owns it: readable until its next `forward`.
   * @returns {Tensor}
   * @throws StateError before `forward`
   */
  get probabilities() {
    return this._checkPass('softmaxCrossEntropy.probabilities').kept;
  }

  dispose() {
    super.dispose();
    this.#p.dispose();
  }

  /**
   * @internal
   * @param {string} where
   * @param {any} t
   * @param {Shape} x
   * @returns {Tensor | Nested} probabilities, or classes, which have one axis less than x
   */
  _read(where, t, x) {
    const classes = x[x.length - 1];
    if (classes === 0) throw new ShapeError(`${where}: expected x with at least one class, got ${showShape(x)}`);
    const one = x.length === 1 && typeof t === 'number';
    const target = one ? new Nested([], [[t]]) : this.runtime._read(`${where}: t`, t);
    if (target._shape.length >= x.length) return super._read(where, target, x);
    checkFits(where, 't', x.slice(0, -1), target._shape, this.name);
    checkClasses(where, numbersOf(target), classes);
    return target;
  }

  /**
   * Each class as a row of probabilities: 1 for it, 0 for the others.
   * @internal
   * @param {Tensor | Nested} t
   * @param {Shape} x
   * @param {Region} region
   */
  _target(t, x, region) {
    if (t._shape.length === x.length) return super._target(t, x, region);
    const rows = this.runtime._output(region, x);
    const { data } = rows;
    const classes = numbersOf(t); // after the allocation, since it may be a view of the memory
    data.fill(0);
    for (let i = 0; i < classes.length; i++) data[i * x[x.length - 1] + classes[i]] = 1;
    return rows;
  }

  /**
   * @internal
   * @param {string} where
   * @param {Tensor} x
   * @param {Tensor} t
   */
  _keep(where, x, t) {
    for (const input of [x, t]) checkApart(where, input, [this.#p], this.name);
    return this.runtime._output(this.#p, x._shape);
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} p
   * @param {Tensor} x
   * @param {Tensor} t
   */
  _forward(kernels, p, x, t) {
    return kernels.softmax_cross_entropy_forward(at(p), at(x), at(t), rowsOf(x._shape), x.size / rowsOf(x._shape));
  }

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Tensor} dx
   * @param {Tensor} p
   * @param {Tensor} t
   */
  _backward(kernels, dx, p, t) {
    kernels.softmax_cross_entropy_backward(at(dx), at(p), at(t), rowsOf(p._shape), p.size / rowsOf(p._shape));
  }
}
