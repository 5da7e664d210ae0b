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
 * Lays options over their defaults.
 * @template {object} T
 * @param {string} where
 * @param {unknown} options what the user gave: nothing, or an object with some of the default's keys
 * @param {T} defaults
 * @returns {T}
 */
export function checkOptions(where, options, defaults) {
  if (options === undefined) return defaults;
  if (typeof options !== 'object' || options === null) {
    throw new ArgumentError(`${where}: options must be an object, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!(key in defaults)) {
      const known = Object.keys(defaults).join(', ');
      throw new ArgumentError(`${where}: unknown option ${JSON.stringify(key)}; known are ${known}`);
    }
  }
  return { ...defaults, ...options };
}

/**
 * @param {string} where
 * @param {unknown} shape
 * @returns {Shape} a frozen copy, of rank 1 or 2
 */
export function checkShape(where, shape) {
  if (!Array.isArray(shape)) throw new ArgumentError(`${where}: shape must be an array, got ${show(shape)}`);
  if (shape.length < 1 || shape.length > 2) {
    throw new ShapeError(`${where}: expected rank 1 or 2, got shape ${showShape(shape.map(String))}`);
  }
  for (let axis = 0; axis < shape.length; axis++) checkInteger(where, `axis ${axis} of the shape`, shape[axis], 0);
  return Object.freeze([...shape]);
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
  const axis = expected.findIndex((size, i) => typeof size === 'number' && size !== got[i]);
  if (expected.length === got.length && axis < 0) return;
  const rule = expected.length === got.length ? `axis ${axis} must be ${expected[axis]}` : `rank must be ${expected.length}`;
  throw new ShapeError(`${where}: expected ${name} ${showShape(expected)}, got ${showShape(got)}: ${rule} (layer ${label})`);
}

/** @param {Shape} shape */
export const sizeOf = (shape) => shape.reduce((size, axis) => size * axis, 1);

/** @typedef {ArrayLike<number>} Row */
/** @typedef {{ shape: Shape, rows: Row[] }} Nested Checked numbers: one row where the rank is 1. */

/**
 * Whether a value is a list of numbers by its class: an array, or a typed array whose elements are numbers.
 * @param {string} where
 * @param {unknown} value
 * @returns {value is ArrayLike<unknown>}
 */
function isList(where, value) {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    throw new ArgumentError(`${where}: expected numbers, got a ${show(value)}; convert it with Array.from(list, Number)`);
  }
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
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
  if (!isList(where, value[0])) return { shape: [value.length], rows: [checkRow(where, value, '')] };

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
  return { shape: [value.length, columns], rows };
}
