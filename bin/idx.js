// Reads IDX, the format of the MNIST files: two zero bytes, the numbers' type, the rank, each axis in four bytes, the numbers.
// http://yann.lecun.com/exdb/mnist/

import { Failure } from './failure.js';

/** @typedef {import('./source.js').Source} Source */

/** How each type is read, big-endian. @type {Record<number, { bytes: number, read: (data: Buffer, at: number) => number }>} */
const types = {
  0x08: { bytes: 1, read: (data, at) => data[at] },
  0x09: { bytes: 1, read: (data, at) => data.readInt8(at) },
  0x0b: { bytes: 2, read: (data, at) => data.readInt16BE(at) },
  0x0c: { bytes: 4, read: (data, at) => data.readInt32BE(at) },
  0x0d: { bytes: 4, read: (data, at) => data.readFloatBE(at) },
  0x0e: { bytes: 8, read: (data, at) => data.readDoubleBE(at) },
};

/** Numbers that a WebAssembly memory can hold. */
const LIMIT = 2 ** 30;

/** @param {Buffer} start the first bytes of a file */
export const isIdx = (start) => start.length >= 4 && start[0] === 0 && start[1] === 0 && start[2] in types && start[3] > 0;

/**
 * @param {Source} source
 * @returns {Promise<{ shape: number[], values: Float32Array, bytes: boolean }>} bytes: whether the file's numbers are bytes
 */
export async function readIdx({ name, chunks }) {
  /** @type {Buffer[]} */
  const parts = [];
  let length = 0;
  /** @type {ReturnType<typeof readHeader>} */
  let header;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    header ??= readHeader(name, Buffer.concat(parts));
    // The header is believed only as far as bytes follow.
    if (header && length > header.end) throw new Failure(`${name}: expected ${header.end} bytes by its header, got more`);
  }
  if (!header) throw new Failure(`${name}: the file ends within its header`);
  if (length < header.end) throw new Failure(`${name}: expected ${header.end} bytes by its header, got ${length}`);

  const data = Buffer.concat(parts);
  const { shape, size, type, start } = header;
  const values = new Float32Array(size);
  for (let i = 0, at = start; i < size; i++, at += type.bytes) {
    values[i] = type.read(data, at);
    if (!Number.isFinite(values[i])) {
      throw new Failure(`${name}: item ${Math.floor(i / (size / shape[0])) + 1}: expected finite numbers, got ${values[i]}`);
    }
  }
  return { shape, values, bytes: type === types[0x08] };
}

/**
 * @param {string} name
 * @param {Buffer} data of which the header may not be there yet
 */
function readHeader(name, data) {
  const start = 4 + 4 * data[3];
  if (!(data.length >= start)) return undefined;
  const shape = Array.from({ length: data[3] }, (_, axis) => data.readUInt32BE(4 + 4 * axis));
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (size === 0) throw new Failure(`${name}: there are no items in it (${shape.join(' × ')})`);
  if (!(size <= LIMIT)) throw new Failure(`${name}: ${shape.join(' × ')} numbers are more than fit into memory`);
  const type = types[data[2]];
  return { shape, size, type, start, end: start + size * type.bytes };
}
