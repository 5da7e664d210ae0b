// A tensor: a shape and the place of its numbers in a runtime's memory.

import { showShape, sizeOf } from './check.js';
import { StateError } from './errors.js';
import { print } from './print.js';
import { endOfUse } from './using.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {import('./memory.js').Region} Region */
/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {number[] | Float32Array | Float64Array | ArrayLike<number>} Vector Numbers, for rank 1. */
/** @typedef {Tensor | Vector | readonly Vector[]} TensorLike A tensor, or nested arrays of numbers: wherever a tensor is taken. */

/** The owner of the tensors that a user may dispose of. */
export const USER = {};
/** The owner of a layer's results: another layer may use one as a parameter, but doesn't come to own it. */
export const PASS = {};

/**
 * float32 numbers in the order of rows, of rank 1 or 2. Made by a runtime: `ll.tensor`, `ll.zeros`, `ll.randn`, or returned by
 * a layer, which then owns it and replaces its numbers at its next pass; reading it after that throws a `StateError`.
 */
export class Tensor {
  /**
   * @internal
   * @param {Runtime} runtime
   * @param {Region} region
   * @param {Shape} shape
   * @param {object} [owner] the layer that will free it, USER or PASS; none until a layer takes it as its parameter
   */
  constructor(runtime, region, shape, owner) {
    /** The runtime that it belongs to. */
    this.runtime = runtime;
    /** Frozen when a user asks for it: that takes longer than a small kernel. @internal */
    this._shape = shape;
    /** @internal */
    this._region = region;
    /** @internal */
    this._version = region.version;
    /** @internal */
    this._owner = owner;
  }

  /** The size of each axis: (n) or (rows, columns). */
  get shape() {
    return Object.freeze(this._shape);
  }

  /** The number of elements. */
  get size() {
    return sizeOf(this._shape);
  }

  /** Whether its numbers are gone. @internal */
  get _stale() {
    return this._region.version !== this._version;
  }

  /**
   * @internal
   * @param {string} where the operation that wants to read it
   * @throws StateError unless its numbers are still there
   */
  _check(where) {
    this.runtime._checkAlive(where);
    if (this._stale) throw new StateError(`${where}: ${this._region.gone}`);
  }

  /**
   * Its numbers, live: writing here writes the tensor. Don't keep it across a call that can allocate, since the memory may move
   * as it grows.
   * @returns {Float32Array} the elements, row by row
   * @throws StateError if the tensor was disposed of, or its layer has replaced the numbers
   */
  get data() {
    return this.#view('tensor.data');
  }

  /** @param {string} where */
  #view(where) {
    this._check(where);
    const start = this._region.offset / 4;
    return this.runtime._memory.floats.subarray(start, start + this.size);
  }

  /**
   * Its numbers as nested arrays, to keep.
   * @returns {number[] | number[][]} `number[]` for rank 1, a list of rows for rank 2
   * @throws StateError as `data`
   */
  toArray() {
    const data = this.#view('tensor.toArray');
    const [rows, columns] = this._shape;
    if (columns === undefined) return Array.from(data);
    const array = [];
    for (let i = 0; i < rows; i++) {
      const row = [];
      for (let j = 0; j < columns; j++) row.push(data[i * columns + j]);
      array.push(row);
    }
    return array;
  }

  /**
   * A copy that you own.
   * @returns {Tensor}
   * @throws StateError as `data`
   */
  clone() {
    this._check('tensor.clone');
    return this.runtime.tensor(this);
  }

  /**
   * Gives the memory of a tensor that you made back at once; forgotten ones are found later. Disposing twice is harmless.
   * @throws StateError if a layer owns it: the layer's `dispose` frees it
   */
  dispose() {
    if (this._owner !== USER) throw new StateError('tensor.dispose: a layer owns this tensor; dispose of the layer instead');
    this._region.dispose();
  }

  [endOfUse]() {
    this.dispose();
  }

  /** Prints it as NumPy prints an array of float32. */
  toString() {
    return print(this.#view('tensor.toString'), this.shape);
  }

  /** For Node's console: its shape and its numbers, or what became of them. */
  [Symbol.for('nodejs.util.inspect.custom')]() {
    try {
      return `Tensor ${showShape(this.shape)}\n${this}`;
    } catch (error) {
      return `Tensor ${showShape(this.shape)} (${/** @type {StateError} */ (error).message})`;
    }
  }
}
