// NumPy's files: .npy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) holds one array, .npz is a zip
// archive of them.

import { checkBytes, decodeText, FormatError, isCount, isRecord, parseJson } from './bytes.js';
import { show, showShape } from './check.js';
import { checkArray, checkArrays, checkStored, decode, elements } from './elements.js';
import { quote } from './quote.js';
import { transpose } from './transpose.js';
import { unzip, zip } from './zip.js';

/** @typedef {import('./elements.js').NamedArray} NamedArray */
/** @typedef {import('./elements.js').StoredArray} StoredArray */

const MAGIC = [0x93, ...Array.from('NUMPY', (letter) => letter.charCodeAt(0))];
/** What NumPy itself reads at most, unless told otherwise. */
const MOST_HEADER = 10_000;

/**
 * Reads a .npy file.
 * @param {Uint8Array | ArrayBuffer} file its bytes
 * @returns {StoredArray} its array; `dtype` is called as in safetensors, `F32` for NumPy's `<f4`
 * @throws FormatError if it is damaged, or holds other than little-endian numbers of 8 to 64 bits, or a rank above 2 in the
 *   order of columns; ArgumentError if it is no bytes
 */
export const readNpy = (file) => parseNpy('npy', checkBytes('readNpy', file));

/**
 * Writes a .npy file.
 * @param {NamedArray} array a Float32Array becomes `<f4`, an Int32Array `<i4`, and so on; a tensor fits
 * @returns {Uint8Array<ArrayBuffer>} its bytes
 * @throws ArgumentError for other values
 */
export const writeNpy = (array) => formatNpy(checkArray('writeNpy', array));

/**
 * Reads a .npz file, packed (`numpy.savez_compressed`), which may unpack to 1 GiB, or not packed.
 * @param {Uint8Array | ArrayBuffer} file its bytes
 * @returns {Record<string, StoredArray>} its arrays, by name
 * @throws as `readNpy`; FormatError also if a CRC-32 isn't right, or a file in it is no .npy
 */
export const readNpz = (file) => parseNpz('readNpz', file);

/**
 * @param {string} where
 * @param {Uint8Array | ArrayBuffer} file
 * @returns {Record<string, StoredArray>}
 */
export function parseNpz(where, file) {
  const arrays = unzip(checkBytes(where, file)).map(({ name, bytes }) => {
    if (!name.endsWith('.npy')) throw new FormatError(`npz: expected files that end in .npy, got ${quote(name)}`);
    return [name.slice(0, -4), parseNpy(`npz: ${quote(name)}`, bytes)];
  });
  return Object.fromEntries(arrays);
}

/**
 * Writes a .npz file, not packed. The same arrays give the same bytes.
 * @param {Record<string, NamedArray>} arrays by name, each as for `writeNpy`
 * @returns {Uint8Array<ArrayBuffer>} its bytes
 * @throws as `writeNpy`; ArgumentError also for a name of more than 65,531 bytes
 * @example
 * import { readNpz, writeNpz } from 'layerlens/formats';
 *
 * const file = writeNpz({ x: { shape: [2, 1], data: Float32Array.of(1, 2) } });
 * console.log(readNpz(file).x.dtype); // F32
 */
export function writeNpz(arrays) {
  const files = checkArrays('writeNpz', arrays).map(({ name, ...array }) => [`${name}.npy`, formatNpy(array)]);
  return zip(Object.fromEntries(files));
}

/** @param {ReturnType<typeof checkArray>} array @returns {Uint8Array<ArrayBuffer>} */
function formatNpy({ element, shape, bytes }) {
  const header = `{'descr': '${element.descr}', 'fortran_order': False, 'shape': ${showShape(shape)}, }`;
  const start = 64 * Math.ceil((10 + header.length + 1) / 64);
  const file = new Uint8Array(start + bytes.length).fill(0x20, 0, start);
  file.set([...MAGIC, 1, 0]);
  new DataView(file.buffer).setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(header), 10);
  file[start - 1] = 0x0a;
  file.set(bytes, start);
  return file;
}

/**
 * @param {string} where
 * @param {Uint8Array} bytes
 * @returns {StoredArray}
 */
function parseNpy(where, bytes) {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new FormatError(`${where}: no .npy file: it must start with \\x93NUMPY`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (!(version >= 1 && version <= 3 && bytes[7] === 0)) {
    throw new FormatError(`${where}: version ${version}.${bytes[7]} is not read; 1.0, 2.0 and 3.0 are`);
  }
  const before = version === 1 ? 10 : 12;
  if (bytes.length < before) throw new FormatError(`${where}: ${bytes.length} bytes are too few for a header`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const most = Math.min(bytes.length - before, MOST_HEADER);
  if (length > most) throw new FormatError(`${where}: the header's length is at most ${most} here, but the file says ${length}`);
  const data = bytes.subarray(before + length);
  const { element, fortranOrder, shape } = readHeader(`${where}: the header`, bytes.subarray(before, before + length));

  checkStored(where, shape, element, data.length);
  if (!fortranOrder || shape.length < 2) return { dtype: element.dtype, shape, data: decode(element, data) };
  if (shape.length > 2) throw new FormatError(`${where}: rank ${shape.length} in the order of columns (fortran_order) is not read`);
  return { dtype: element.dtype, shape, data: transpose(decode(element, data), shape[1], shape[0]) };
}

/**
 * The header is the text of a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
 * @param {string} where
 * @param {Uint8Array} bytes
 */
function readHeader(where, bytes) {
  const text = decodeText(where, bytes);
  // What would be JSON, but isn't a tuple of whole numbers or a truth value in Python.
  const [foreign] = /\b(?:true|false|null)\b|\(\s*\d+\s*\)|\d[.eE]/.exec(text) ?? [];
  if (foreign !== undefined) throw new FormatError(`${where}: NumPy doesn't write ${quote(foreign)}`);
  const json = text
    .replace(/'/g, '"')
    .replace(/\(/g, '[')
    .replace(/\)/g, ']')
    .replace(/,(\s*[\]}])/g, '$1')
    .replace(/\bTrue\b/, 'true')
    .replace(/\bFalse\b/, 'false');
  const header = parseJson(where, json);
  if (!isRecord(header) || Object.keys(header).sort().join() !== 'descr,fortran_order,shape') {
    throw new FormatError(`${where} must give descr, fortran_order and shape, got ${quote(text.trim())}`);
  }
  const { descr, fortran_order: fortranOrder, shape } = header;
  const element = elements.find((one) => one.descr && one.descr === descr);
  if (!element) {
    const known = elements.flatMap(({ descr }) => descr ?? []).join(', ');
    const hint = String(descr).startsWith('>') ? '; astype makes little-endian numbers of big-endian ones' : '';
    throw new FormatError(`${where}: descr must be one of ${known}, got ${quote(JSON.stringify(descr))}${hint}`);
  }
  if (typeof fortranOrder !== 'boolean') {
    throw new FormatError(`${where}: fortran_order must be True or False, got ${show(fortranOrder)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new FormatError(`${where}: shape must be a tuple of whole numbers, got ${quote(JSON.stringify(shape))}`);
  }
  return { element, fortranOrder, shape };
}
