// Checks at the boundary: what a user passes is looked at here, before a kernel sees it.

import { ArgumentError, ShapeError } from './errors.js';

/** @typedef {readonly number[]} Shape The size of each axis, axis 0 first. */

/**
 * A shape as NumPy prints it: `(2, 3)`, `(3,)`.
 * @param {readonly (number | string)[]} shape
 */
export const showShape = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`);

/**
 * A value as an error message shows it: its type, and what it is where that is short.
 * @param {unknown} value
 */
export function show(value) {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object') return value.constructor?.name ?? 'an object';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${typeof value} ${text.length > 40 ? `${text.slice(0, 40)}…` : text}`;
}

/**
 * @param {string} where the operation, for the message
 * @param {string} name the argument's name
 * @param {unknown} value
 * @returns {number} the value, a number (NaN and infinities are numbers)
 */
export function checkNumber(where, name, value) {
  if (typeof value !== 'number') throw new ArgumentError(`${where}: ${name} must be a number, got ${show(value)}`);
  return value;
}

/**
 * @param {string} where
 * @param {string} name
 * @param {unknown} value
 * @param {number} least
 * @param {number} [most]
 * @returns {number} the value, a whole number from least to most
 */
export function checkInteger(where, name, value, least, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isInteger(value) || /** @type {number} */ (value) < least || /** @type {number} */ (value) > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ArgumentError(`${where}: ${name} must be a whole number ${range}, got ${show(value)}`);
  }
  return /** @type {number} */ (value);
}

/**
 * @param {string} where
 * @param {unknown} [seed] a random one if left out
 */
export const checkSeed = (where, seed = Math.floor(Math.random() * 2 ** 32)) => checkInteger(where, 'seed', seed, 0, 2 ** 32 - 1);

/**
 * Lays options over their defaults; an undefined one counts as left out.
 * @template {object} T
 * @param {string} where
 * @param {unknown} options what the user gave: nothing, or an object with some of the defaults' keys
 * @param {T} defaults
 * @returns {T}
 */
export function checkOptions(where, options = {}, defaults) {
  if (typeof options !== 'object' || options === null) {
    throw new ArgumentError(`${where}: options must be an object, got ${show(options)}`);
  }
  const all = { ...defaults };
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(defaults, key)) {
      const known = Object.keys(defaults).join(', ');
      throw new ArgumentError(`${where}: unknown option ${JSON.stringify(key)}; known are ${known}`);
    }
    const value = /** @type {any} */ (options)[key];
    if (value !== undefined) all[/** @type {keyof T} */ (key)] = value;
  }
  return all;
}

/**
 * @param {string} where
 * @param {unknown} shape
 * @returns {Shape} a copy, of rank 1 or 2
 */
export function checkShape(where, shape) {
  if (!Array.isArray(shape)) throw new ArgumentError(`${where}: shape must be an array, got ${show(shape)}`);
  for (let axis = 0; axis < shape.length; axis++) checkInteger(where, `axis ${axis} of the shape`, shape[axis], 0);
  if (shape.length < 1 || shape.length > 2) {
    throw new ShapeError(`${where}: expected rank 1 or 2, got shape ${showShape(shape)}`);
  }
  return [...shape];
}

/**
 * Checks that a tensor fits a layer.
 * @param {string} where the operation
 * @param {string} name the tensor's
 * @param {readonly (number | string)[]} expected a size for each axis, or 'N' where any will do
 * @param {Shape} got
 * @param {string} label of the layer
 */
export function checkFits(where, name, expected, got, label) {
  let axis = 0;
  while (axis < expected.length && (typeof expected[axis] !== 'number' || expected[axis] === got[axis])) axis++;
  if (expected.length === got.length && axis === expected.length) return;
  const rule = expected.length === got.length ? `axis ${axis} must be ${expected[axis]}` : `rank must be ${expected.length}`;
  throw new ShapeError(`${where}: expected ${name} ${showShape(expected)}, got ${showShape(got)}: ${rule} (layer ${label})`);
}

/** @param {Shape} shape */
export const sizeOf = (shape) => (shape.length === 1 ? shape[0] : shape[0] * shape[1]);

/**
 * Checks the shapes of a layer's parameters.
 * @param {string} where
 * @param {Shape | undefined} W
 * @param {Shape} [b]
 */
export function checkParameters(where, W, b) {
  if (W && (W.length !== 2 || sizeOf(W) === 0)) {
    throw new ShapeError(`${where}: expected W (in, out), both at least 1, got ${showShape(W)}`);
  }
  if (b && (b.length !== 1 || sizeOf(b) === 0)) {
    throw new ShapeError(`${where}: expected b (out), at least 1, got ${showShape(b)}`);
  }
  if (W && b) checkFits(where, 'b', [W[1]], b, `${where}(${W.join(', ')})`);
}

/**
 * @param {string} where
 * @param {ArrayLike<number>} t the class of each sample
 * @param {number} classes how many there are
 */
export function checkClasses(where, t, classes) {
  for (let i = 0; i < t.length; i++) {
    const known = Number.isInteger(t[i]) && t[i] >= 0 && t[i] < classes;
    if (!known) checkInteger(where, `the class t[${i}]`, t[i], 0, classes - 1);
  }
}

/** @typedef {ArrayLike<number>} Row */

/** Checked numbers. */
export class Nested {
  /**
   * @param {Shape} shape
   * @param {Row[]} rows one where the rank is 1
   */
  constructor(shape, rows) {
    this._shape = shape;
    this.rows = rows;
  }
}

/**
 * Whether a value is a list of numbers by its class: an array, or a typed array whose elements are numbers.
 * @param {string} where
 * @param {unknown} value
 * @returns {value is ArrayLike<unknown>}
 */
function isList(where, value) {
  // By name, since they may come from another realm.
  const kind = ArrayBuffer.isView(value) ? Object.prototype.toString.call(value) : '';
  if (kind.includes('Big')) {
    throw new ArgumentError(`${where}: expected numbers, got a ${show(value)}; convert it with Array.from(list, Number)`);
  }
  return Array.isArray(value) || kind.endsWith('Array]');
}

/**
 * Checks every number of one row.
 * @param {string} where
 * @param {ArrayLike<unknown>} list
 * @param {string} at the row's index as the message shows it
 * @returns {Row}
 */
function checkRow(where, list, at) {
  if (Array.isArray(list)) {
    for (let i = 0; i < list.length; i++) {
      if (typeof list[i] === 'number') continue;
      if (isList(where, list[i])) throw new ShapeError(`${where}: ragged array: [${at}${i}] is a list among numbers`);
      const what = i in list ? show(list[i]) : 'a hole';
      throw new ArgumentError(`${where}: expected a number at [${at}${i}], got ${what}`);
    }
  }
  return /** @type {Row} */ (list);
}

/**
 * Checks nested arrays of numbers, of rank 1 or 2.
 * @param {string} where
 * @param {unknown} value
 * @returns {Nested}
 */
export function checkNested(where, value) {
  if (!isList(where, value)) {
    throw new ArgumentError(`${where}: expected a tensor or a nested array of numbers, got ${show(value)}`);
  }
  if (!isList(where, value[0])) return new Nested([value.length], [checkRow(where, value, '')]);

  const columns = value[0].length;
  const rows = [];
  for (let i = 0; i < value.length; i++) {
    const row = value[i];
    if (!(i in value)) throw new ArgumentError(`${where}: expected a row at [${i}], got a hole`);
    if (!isList(where, row)) {
      throw new (typeof row === 'number' ? ShapeError : ArgumentError)(
        `${where}: ragged array: [${i}] must be a row of ${columns} numbers, got ${show(row)}`,
      );
    }
    if (isList(where, row[0])) throw new ShapeError(`${where}: expected rank 1 or 2, got a list of rank 3 or more`);
    if (row.length !== columns) {
      throw new ShapeError(`${where}: ragged array: row 0 has ${columns} numbers, row ${i} has ${row.length}`);
    }
    rows.push(checkRow(where, row, `${i}, `));
  }
  return new Nested([value.length, columns], rows);
}
