// The tensors of the reference: float64, in plain JavaScript.

import { checkNested, sizeOf } from './check.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {number[][]} Rows A matrix as its rows; a vector is one row. */
/** @typedef {ReferenceTensor | ArrayLike<number> | ArrayLike<number>[]} TensorLike */

/** float64 numbers in the order of rows, of rank 1 or 2, with the names of `layerlens`' own tensors. */
export class ReferenceTensor {
  /** @param {Rows} rows @param {Shape} shape */
  constructor(rows, shape) {
    /** @type {Shape} */
    this.shape = Object.freeze([...shape]);
    this.size = sizeOf(shape);
    /** The elements, row by row. */
    this.data = Float64Array.from(rows.flat());
  }

  /** @returns {Rows} one row where the rank is 1 */
  get rows() {
    const columns = this.shape[this.shape.length - 1];
    const count = this.shape.length === 1 ? 1 : this.shape[0];
    return Array.from({ length: count }, (_, i) => Array.from(this.data.subarray(i * columns, (i + 1) * columns)));
  }

  /** @returns {number[] | number[][]} */
  toArray() {
    return this.shape.length === 1 ? this.rows[0] : this.rows;
  }

  clone() {
    return new ReferenceTensor(this.rows, this.shape);
  }

  /** Nothing to free: it is here so that code for a runtime works. */
  dispose() {}
}

/**
 * @param {string} where
 * @param {unknown} value
 * @returns {ReferenceTensor}
 */
export function read(where, value) {
  if (value instanceof ReferenceTensor) return value;
  const { rows, _shape: shape } = checkNested(where, value);
  return new ReferenceTensor(rows.map((row) => Array.from(row)), shape);
}
