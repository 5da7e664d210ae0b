// The safetensors format (https://huggingface.co/docs/safetensors): 8 bytes with the length of a header, the header, which is
// JSON and says where each tensor lies, and the numbers.

import { checkBytes, checkRecord, decodeText, FormatError, isCount, isRecord, parseJson } from './bytes.js';
import { show } from './check.js';
import { bytesPer, checkArrays, checkStored, decode, elements } from './elements.js';
import { ArgumentError } from './errors.js';
import { quote } from './quote.js';

/** @typedef {import('./elements.js').NamedArray} NamedArray */
/** @typedef {import('./elements.js').StoredArray} StoredArray */

/**
 * What a file holds: its arrays by name, and its metadata.
 * @typedef {{ arrays: Record<string, StoredArray>, metadata: Record<string, string> }} SafetensorsFile
 */

/** A tenth of what the format's own library takes; JSON of this size is still read in a moment. */
const MOST_HEADER = 10_000_000;

/**
 * Reads a safetensors file.
 * @param {Uint8Array | ArrayBuffer} file its bytes
 * @returns {SafetensorsFile} copies of its tensors
 * @throws FormatError if it is damaged, or holds a dtype other than F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8;
 *   ArgumentError if it is no bytes
 */
export const readSafetensors = (file) => parse(checkBytes('readSafetensors', file));

/**
 * What a file holds, which may have been read already.
 * @param {string} where
 * @param {Uint8Array | ArrayBuffer | SafetensorsFile} file
 * @returns {SafetensorsFile}
 */
export function asRead(where, file) {
  if (!isRecord(file) || !('arrays' in file)) return parse(checkBytes(where, file));
  const { arrays, metadata } = /** @type {SafetensorsFile} */ (file);
  checkArrays(where, arrays);
  checkMetadata(where, metadata);
  return { arrays, metadata };
}

/** @param {Uint8Array} bytes @returns {SafetensorsFile} */
function parse(bytes) {
  if (bytes.length < 8) throw new FormatError(`safetensors: the header's length takes 8 bytes, but the file has ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const most = Math.min(bytes.length - 8, MOST_HEADER);
  if (length > most) throw new FormatError(`safetensors: the header's length is at most ${most} here, but the file says ${length}`);
  const { __metadata__: metadata = {}, ...tensors } = readHeader(bytes.subarray(8, 8 + length));

  if (!isRecord(metadata)) throw new FormatError(`safetensors: __metadata__ must be an object, got ${show(metadata)}`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new FormatError(`safetensors: __metadata__ ${quote(key)} must be a string, got ${show(value)}`);
    }
  }

  const data = bytes.subarray(8 + length);
  const entries = Object.entries(tensors).map(([name, entry]) => ({ name, ...readEntry(name, entry, data.length) }));
  checkCover(entries, data.length);
  const arrays = entries.map(({ name, element, shape, begin, end }) => [
    name,
    { dtype: element.dtype, shape, data: decode(element, data.subarray(begin, end)) },
  ]);
  return { arrays: Object.fromEntries(arrays), metadata: /** @type {Record<string, string>} */ (metadata) };
}

/** @param {Uint8Array} bytes @returns {Record<string, unknown>} */
function readHeader(bytes) {
  if (bytes[0] !== 0x7b) throw new FormatError('safetensors: the header must start with {');
  const where = 'safetensors: the header';
  return /** @type {Record<string, unknown>} */ (parseJson(where, decodeText(where, bytes)));
}

/**
 * What the header says of one tensor.
 * @param {string} name
 * @param {unknown} entry
 * @param {number} available bytes of all numbers
 */
function readEntry(name, entry, available) {
  const where = `safetensors: ${quote(name)}`;
  if (!isRecord(entry) || Object.keys(entry).sort().join() !== 'data_offsets,dtype,shape') {
    throw new FormatError(`${where}: the header must give dtype, shape and data_offsets, and nothing else`);
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  const element = elements.find((one) => one.dtype === dtype);
  if (!element) {
    const known = elements.map(({ dtype }) => dtype).join(', ');
    throw new FormatError(`${where}: dtype must be one of ${known}, got ${show(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new FormatError(`${where}: shape must be a list of whole numbers, got ${quote(JSON.stringify(shape))}`);
  }
  const isRange = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount) && offsets[0] <= offsets[1];
  if (!isRange || offsets[1] > available) {
    const got = quote(JSON.stringify(offsets));
    throw new FormatError(`${where}: data_offsets must be a begin and an end within ${available} bytes, got ${got}`);
  }
  const [begin, end] = offsets;
  checkStored(where, shape, element, end - begin);
  return { element, shape, begin, end };
}

/**
 * Tensors lie side by side: none over another, and nothing between them or after them.
 * @param {{ name: string, begin: number, end: number }[]} entries
 * @param {number} available
 */
function checkCover(entries, available) {
  let free = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== free) {
      const what = begin < free ? 'overlaps another tensor' : 'leaves a gap before it';
      throw new FormatError(`safetensors: ${quote(name)} ${what}: its data must begin at ${free}, got ${begin}`);
    }
    free = end;
  }
  if (free !== available) {
    throw new FormatError(`safetensors: the tensors end at ${free}, but there are ${available} bytes of data`);
  }
}

/**
 * Writes a safetensors file.
 * @param {Record<string, NamedArray>} arrays by name; a Float32Array becomes F32, an Int32Array I32, and so on; a tensor fits
 * @param {Record<string, string>} [metadata]
 * @returns {Uint8Array<ArrayBuffer>} its bytes
 * @throws ArgumentError for other values
 */
export function writeSafetensors(arrays, metadata = {}) {
  checkMetadata('writeSafetensors', metadata);
  // The widest elements first, so that each array lies at a multiple of its element's size.
  const entries = checkArrays('writeSafetensors', arrays).sort((a, b) => bytesPer(b.element) - bytesPer(a.element));
  if (Object.hasOwn(arrays, '__metadata__')) throw new ArgumentError('writeSafetensors: no array may be called __metadata__');

  let end = 0;
  const described = entries.map(({ name, element, shape, bytes }) => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype: element.dtype, shape, data_offsets: [begin, end] }];
  });
  const hasMetadata = Object.keys(metadata).length > 0;
  const header = JSON.stringify({ ...(hasMetadata && { __metadata__: metadata }), ...Object.fromEntries(described) });
  const text = new TextEncoder().encode(header);
  const start = 8 * Math.ceil((8 + text.length) / 8);

  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, start); // spaces, which JSON ignores
  for (let place = start, i = 0; i < entries.length; place += entries[i++].bytes.length) file.set(entries[i].bytes, place);
  return file;
}

/**
 * @param {string} where
 * @param {Record<string, string>} metadata
 */
export function checkMetadata(where, metadata) {
  checkRecord(where, 'metadata', metadata);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw new ArgumentError(`${where}: metadata ${quote(key)} must be a string, got ${show(value)}`);
  }
}
