// The bytes of a file or of standard input, unpacked if they come gzipped, with a look at their beginning.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { Failure, naming } from './failure.js';

/** Bytes that show what a file is: the first lines of a table, too. */
const SEEN = 2 ** 16;

/**
 * @typedef {object} Source
 * @property {string} name for messages
 * @property {Buffer} start its first bytes, SEEN or more, fewer if it has no more
 * @property {AsyncIterable<Buffer>} chunks all of its bytes, once
 */

/**
 * @param {string} path of a file; `-` is standard input
 * @returns {Promise<Source>}
 */
export async function open(path) {
  const name = path === '-' ? 'standard input' : path;
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  const raw = await look(explained(name, stream));
  if (raw.start[0] !== 0x1f || raw.start[1] !== 0x8b) return { name, ...raw };
  // Whoever reads it gets the error, not this callback.
  const unpacked = pipeline(raw.chunks, createGunzip({ chunkSize: 1 << 20 }), () => {});
  return { name, ...(await look(explained(name, unpacked))) };
}

/**
 * Looks at the start of chunks, and gives them whole again.
 * @param {AsyncIterable<Buffer>} chunks
 */
async function look(chunks) {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  for (let next; start.length < SEEN && !(next = await iterator.next()).done; ) start = Buffer.concat([start, next.value]);
  async function* all() {
    yield start;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { start, chunks: all() };
}

/**
 * Chunks whose errors name the file.
 * @param {string} name
 * @param {AsyncIterable<Buffer>} chunks
 */
async function* explained(name, chunks) {
  try {
    yield* chunks;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw code?.startsWith('Z_') ? new Failure(`${name}: the gzip data are damaged: ${message}`) : naming(name, error);
  }
}
