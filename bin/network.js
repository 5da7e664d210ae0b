// A saved network: its file, its layers, and the notes that `layerlens train` has left in it.

import { readFile } from 'node:fs/promises';
import { FormatError, readSafetensors, restoreNetwork } from 'layerlens/formats';

import { Failure, naming } from './failure.js';
import { fromMetadata } from './notes.js';

/**
 * @param {string} path of a file
 * @param {(bytes: Uint8Array) => T} read
 * @returns {Promise<T>}
 * @throws {Failure} that names the file, if it isn't right
 * @template T
 */
export async function readBytes(path, read) {
  const bytes = await readFile(path).catch((error) => {
    throw naming(path, error);
  });
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new Failure(`${path}: ${error.message}`, { cause: error });
  }
}

/**
 * @param {import('layerlens').Runtime} ll
 * @param {string} path of a safetensors file
 */
export const readNetwork = (ll, path) =>
  readBytes(path, (bytes) => ({
    bytes,
    net: restoreNetwork(ll, bytes),
    ...fromMetadata(path, readSafetensors(bytes).metadata),
  }));
