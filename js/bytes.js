// What the readers of files have in common: bytes and text are checked before they are believed.

import { show } from './check.js';
import { ArgumentError, identify } from './errors.js';
import { quote } from './quote.js';

/** A file that is damaged, of a kind that isn't read, or doesn't fit the network: the message says what is wrong, and where. */
export class FormatError extends Error {
  /** @readonly */
  code = 'ERR_LL_FORMAT';
  static {
    identify(this, 'FormatError', 'ERR_LL_FORMAT');
  }
}

/**
 * @param {string} where
 * @param {unknown} file
 * @returns {Uint8Array} a view
 */
export function checkBytes(where, file) {
  // By name, since they may come from another realm.
  const kind = Object.prototype.toString.call(file).slice(8, -1);
  if (kind === 'ArrayBuffer' || kind === 'Uint8Array') {
    const { buffer = file, byteOffset = 0, byteLength } = /** @type {Uint8Array<ArrayBuffer>} */ (file);
    // A buffer that was given to another thread has no bytes, and allows no view. Of a Buffer of Node, slice() would not copy.
    return byteLength === 0 ? new Uint8Array() : new Uint8Array(/** @type {ArrayBuffer} */ (buffer), byteOffset, byteLength);
  }
  throw new ArgumentError(`${where}: expected the file's bytes as a Uint8Array or an ArrayBuffer, got ${show(file)}`);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Checks what holds things by their names.
 * @param {string} where
 * @param {string} name the argument's
 * @param {unknown} value
 */
export function checkRecord(where, name, value) {
  // A list or a Map would count as an object without entries, or with others.
  if (!isRecord(value) || Symbol.iterator in value) throw new ArgumentError(`${where}: ${name} must be an object, got ${show(value)}`);
}

/** A size or a place. @param {unknown} value @returns {value is number} */
export const isCount = (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;

/**
 * @param {string} where
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws FormatError if they aren't UTF-8
 */
export function decodeText(where, bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice()); // a shared buffer is refused
  } catch (cause) {
    throw new FormatError(`${where}: not UTF-8`, { cause });
  }
}

/**
 * JSON.parse, but an object with the same name twice is an error, not the last of the two.
 * @param {string} where
 * @param {string} text
 * @returns {unknown}
 * @throws FormatError if it isn't JSON, or has a name twice
 */
export function parseJson(where, text) {
  let found = -1; // the root counts as a member too
  let value;
  try {
    value = JSON.parse(text, /** @this {object} */ function (_, member) {
      if (!Array.isArray(this)) found++;
      return member;
    });
  } catch (cause) {
    throw new FormatError(`${where}: not JSON: ${quote(cause instanceof Error ? cause.message : String(cause))}`, { cause });
  }
  const strings = text.replace(/\\./g, '').matchAll(/"[^"]*"(\s*:)?/g); // a string that a colon follows is a name
  let written = 0;
  for (const [, colon] of strings) if (colon) written++;
  if (written !== found) throw new FormatError(`${where}: an object has the same name twice`);
  return value;
}
