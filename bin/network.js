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
  readBytes(path, (bytes) => {
    const file = readSafetensors(bytes);
    const net = restoreNetwork(ll, file);
    const { data, run } = fromMetadata(path, file.metadata);
    const [inputs, outputs] = [net.parameters[0]?.value.shape[0], net.parameters.at(-1)?.value.shape.at(-1)];
    if (data && (data.columns !== inputs || data.classes.length !== outputs)) {
      const told = `${data.columns} features and ${data.classes.length} classes`;
      throw new Failure(`${path}: its metadata training.data tell of ${told}, but the network goes from ${inputs} to ${outputs}`);
    }
    return { file, net, data, run };
  });
