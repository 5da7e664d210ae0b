// The types of numbers that files hold, and the typed arrays that they become.

import { checkRecord, FormatError } from './bytes.js';
import { checkInteger, show, showShape } from './check.js';
import { ArgumentError } from './errors.js';
import { quote } from './quote.js';

/** @typedef {import('./check.js').Shape} Shape */
/** @typedef {Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array} Integers */
/** @typedef {Float32Array | Float64Array | Integers | BigInt64Array | BigUint64Array} Numbers */
/** @typedef {Readonly<{ shape: Shape, data: Numbers }>} NamedArray Numbers in the order of rows, of any rank; a tensor is one. */
/**
 * An array as a file holds it. F16 and BF16 are widened to a Float32Array, which has all of their numbers.
 * @typedef {{ dtype: string, shape: number[], data: Numbers }} StoredArray
 */

/**
 * @typedef {object} ElementType
 * @property {string} dtype its name in safetensors, and in this API
 * @property {string} [descr] its name in NumPy's files
 * @property {new (buffer: ArrayBuffer) => Numbers & { BYTES_PER_ELEMENT: number }} List
 * @property {(bits: any) => Float32Array} [widen] for what has no typed array of its own
 */

/** @type {readonly ElementType[]} */
export const elements = [
  { dtype: 'F64', descr: '<f8', List: Float64Array },
  { dtype: 'F32', descr: '<f4', List: Float32Array },
  { dtype: 'F16', descr: '<f2', List: Uint16Array, widen: (bits) => Float32Array.from(bits, half) },
  { dtype: 'BF16', List: Uint16Array, widen: (bits) => new Float32Array(Uint32Array.from(bits, (h) => h << 16).buffer) },
  { dtype: 'I64', descr: '<i8', List: BigInt64Array },
  { dtype: 'I32', descr: '<i4', List: Int32Array },
  { dtype: 'I16', descr: '<i2', List: Int16Array },
  { dtype: 'I8', descr: '|i1', List: Int8Array },
  { dtype: 'U64', descr: '<u8', List: BigUint64Array },
  { dtype: 'U32', descr: '<u4', List: Uint32Array },
  { dtype: 'U16', descr: '<u2', List: Uint16Array },
  { dtype: 'U8', descr: '|u1', List: Uint8Array },
];

/** The number that the 16 bits of an IEEE 754 binary16 stand for. @param {number} bits */
function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24);
}

/** @param {ElementType} element */
export const bytesPer = (element) => /** @type {any} */ (element.List).BYTES_PER_ELEMENT;

/**
 * Checks what a file says of an array, before anything is allocated for it.
 * @param {string} where the array, for the message
 * @param {readonly number[]} shape whole numbers
 * @param {ElementType} element
 * @param {number} available bytes
 */
export function checkStored(where, shape, element, available) {
  if (shape.length > 32) throw new FormatError(`${where}: rank ${shape.length} is above 32`);
  // Of numbers too large for exact products, the product is above all sizes that exist, or NaN.
  const bytes = shape.reduce((size, axis) => size * axis, bytesPer(element));
  if (bytes !== available) {
    const what = `${element.dtype} of shape ${showShape(shape)}`;
    throw new FormatError(`${where}: ${what} takes ${bytes} bytes, but the file has ${available}`);
  }
}

/**
 * @param {ElementType} element
 * @param {Uint8Array} bytes
 * @returns {Numbers} a copy, since numbers in a file may lie at odd places
 */
export function decode(element, bytes) {
  const list = new element.List(bytes.slice().buffer);
  return element.widen ? element.widen(list) : list;
}

/**
 * Checks an array that is to be written.
 * @param {string} where
 * @param {NamedArray} array
 * @returns {{ element: ElementType, shape: Shape, bytes: Uint8Array }} the bytes are a view of its numbers
 */
export function checkArray(where, array) {
  const { shape, data } = array ?? {};
  const kind = ArrayBuffer.isView(data) ? Object.prototype.toString.call(data).slice(8, -1) : typeof data;
  const element = elements.find(({ List, widen }) => List.name === kind && !widen);
  if (!element) throw new ArgumentError(`${where}: data must be a typed array of numbers, got ${kind}`);
  if (!Array.isArray(shape)) throw new ArgumentError(`${where}: shape must be an array, got ${show(shape)}`);
  for (let axis = 0; axis < shape.length; axis++) checkInteger(where, `axis ${axis} of the shape`, shape[axis], 0);
  const size = shape.reduce((size, axis) => size * axis, 1);
  if (size !== data.length) {
    throw new ArgumentError(`${where}: shape ${showShape(shape)} has ${size} numbers, data ${data.length}`);
  }
  return { element, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Checks arrays that are to be written, or that were read before.
 * @param {string} where
 * @param {Record<string, NamedArray>} arrays by name
 */
export function checkArrays(where, arrays) {
  checkRecord(where, 'arrays', arrays);
  return Object.entries(arrays).map(([name, array]) => ({ name, ...checkArray(`${where}: ${quote(name)}`, array) }));
}

/**
 * @param {ArrayLike<number>} data
 * @returns {number | undefined} the first number that would be infinite as a float32, and isn't
 */
export const beyondFloat32 = (data) =>
  data instanceof Float64Array ? data.find((value) => Number.isFinite(value) && !Number.isFinite(Math.fround(value))) : undefined;
