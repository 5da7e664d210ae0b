// The zip archives that .npz files are. fflate packs and unpacks; the directory is read here, because fflate believes it:
// sizes, sums, names that come twice, parts that overlap.

/*! Contains fflate, Copyright (c) 2026 Arjun Barrett, under the MIT License, whose text is in the file LICENSE. */
import { inflateSync, zipSync } from 'fflate';

import { decodeText, FormatError } from './bytes.js';
import { ArgumentError } from './errors.js';
import { quote } from './quote.js';

/** What packed files may unpack to, all together: it can be a thousand times their size. */
const MOST_UNPACKED = 2 ** 30;
/** Deflate can't do better: 258 bytes from 2 bits. */
const BEST_RATIO = 1032;

/** Of a name: its length is kept in two bytes. */
const MOST_NAME = 0xffff;

const FILE = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

/** Flags of an entry that change nothing here: the effort of the packer, sizes after the data too, names in UTF-8. */
const HARMLESS = 0b1000_0000_1110;

/**
 * @param {Record<string, Uint8Array>} files
 * @returns {Uint8Array<ArrayBuffer>} an archive with these files as they are, unpacked
 */
export function zip(files) {
  for (const name of Object.keys(files)) {
    const { length } = new TextEncoder().encode(name);
    if (length > MOST_NAME) throw new ArgumentError(`writeNpz: the name ${quote(name)} has ${length} bytes; ${MOST_NAME} are the limit`);
  }
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) }); // no time, so that the same files give the same bytes
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ name: string, bytes: Uint8Array }[]}
 * @throws FormatError if the archive is damaged, or has a feature that NumPy doesn't use
 */
export function unzip(bytes) {
  const entries = readDirectory(bytes);
  if (new Set(entries.map(({ name }) => name)).size < entries.length) throw new FormatError('zip: two files have the same name');
  let free = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin)) {
    if (begin < free) throw new FormatError(`zip: ${quote(name)} overlaps another file`);
    free = end;
  }
  const unpacked = entries.reduce((sum, { method, size }) => sum + (method === DEFLATED ? size : 0), 0);
  if (unpacked > MOST_UNPACKED) {
    throw new FormatError(`zip: the files unpack to ${unpacked} bytes; ${MOST_UNPACKED} are the limit`);
  }
  return entries.map((entry) => ({ name: entry.name, bytes: unpack(entry) }));
}

/** @typedef {ReturnType<typeof readEntry>} Entry What the directory says of a file, and where its packed bytes are. */

/**
 * @param {Uint8Array} bytes
 * @returns {Entry[]}
 */
function readDirectory(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The record at the end has 22 bytes, then a comment whose length it gives.
  const last = bytes.length - 22;
  let end = last;
  const isEnd = () => view.getUint32(end, true) === END && view.getUint16(end + 20, true) === last - end;
  while (end >= 0 && last - end <= 0xffff && !isEnd()) end--;
  if (end < 0 || last - end > 0xffff) throw new FormatError('zip: no directory at the end: no zip archive, or a truncated one');

  const [disk, startDisk, here, count] = [4, 6, 8, 10].map((field) => view.getUint16(end + field, true));
  const [size, start] = [12, 16].map((field) => view.getUint32(end + field, true));
  if (disk !== 0 || startDisk !== 0 || here !== count) throw new FormatError('zip: archives of several parts are not read');
  if (start + size !== end) {
    const hint = start === 0xffffffff ? ': zip64, for archives above 4 GiB, is not read' : '';
    throw new FormatError(`zip: the directory must end at ${end}, but the archive says ${start + size}${hint}`);
  }

  const entries = [];
  let at = start;
  while (at < end) {
    const entry = readEntry(bytes, view, at, start, end);
    entries.push(entry);
    at = entry.next;
  }
  if (entries.length !== count) {
    throw new FormatError(`zip: the directory has ${entries.length} entries, but the archive says ${count}`);
  }
  return entries;
}

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view of the same bytes
 * @param {number} at the entry's place
 * @param {number} start of the directory
 * @param {number} end of the directory
 */
function readEntry(bytes, view, at, start, end) {
  const u16 = (/** @type {number} */ place) => view.getUint16(place, true);
  const u32 = (/** @type {number} */ place) => view.getUint32(place, true);
  if (at + 46 > end || u32(at) !== ENTRY) throw new FormatError(`zip: no entry at ${at} in the directory`);
  const [flags, method, nameLength] = [u16(at + 8), u16(at + 10), u16(at + 28)];
  const [sum, packed, size, begin] = [16, 20, 24, 42].map((field) => u32(at + field));
  const next = at + 46 + nameLength + u16(at + 30) + u16(at + 32);
  if (next > end) throw new FormatError(`zip: the entry at ${at} reaches beyond the directory's end`);
  const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
  const name = decodeText(`zip: the name at ${at + 46}`, nameBytes);
  const where = `zip: ${quote(name)}`;
  if (flags & ~HARMLESS) throw new FormatError(`${where}: encrypted, or of another kind that is not read (flags ${flags})`);
  if (method !== STORED && method !== DEFLATED) throw new FormatError(`${where}: packed by method ${method}; 0 and 8 are read`);
  if (method === STORED ? size !== packed : size > packed * BEST_RATIO) {
    throw new FormatError(`${where}: ${packed} bytes can't unpack to ${size}`);
  }

  // Before its data, the file has a header of its own, which repeats the name.
  if (begin + 30 > start || u32(begin) !== FILE) throw new FormatError(`${where}: no file at ${begin}`);
  const dataBegin = begin + 30 + u16(begin + 26) + u16(begin + 28);
  if (dataBegin + packed > start) {
    throw new FormatError(`${where}: ${packed} bytes at ${dataBegin} reach into the directory at ${start}`);
  }
  const sameName = u16(begin + 26) === nameLength && nameBytes.every((byte, i) => bytes[begin + 30 + i] === byte);
  if (!sameName || u16(begin + 8) !== method) throw new FormatError(`${where}: the file at ${begin} is another one`);
  return { name, method, sum, size, data: bytes.subarray(dataBegin, dataBegin + packed), begin, end: dataBegin + packed, next };
}

/** @param {Entry} entry */
function unpack({ name, method, sum, size, data }) {
  let bytes = data;
  if (method === DEFLATED) {
    try {
      bytes = inflateSync(data, { out: new Uint8Array(size + 1) }); // room for one too many shows a stream that goes on
    } catch (cause) {
      throw new FormatError(`zip: ${quote(name)}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
    if (bytes.length !== size) throw new FormatError(`zip: ${quote(name)}: unpacks to another size than ${size}`);
  }
  if (crc32(bytes) !== sum) throw new FormatError(`zip: ${quote(name)}: the CRC-32 is not that of the directory`);
  return bytes;
}

/** What CRC-32 makes of each byte. */
const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** The sum that zip keeps of each file. @param {Uint8Array} bytes */
function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = (sum >>> 8) ^ remainders[(sum ^ byte) & 255];
  return ~sum >>> 0;
}
