// Writes a file whole or not at all.

import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Failure, naming } from './failure.js';

/**
 * Finds out early whether `replaceFile` is going to work.
 * @param {string} path
 */
export async function checkReplaceable(path) {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw naming(dirname(path), error);
  }
  const existing = await stat(path).catch(() => undefined);
  if (existing && !existing.isFile()) throw new Failure(`${path}: expected a file to write to, got something else`);
}

/**
 * @param {string} path where an older file may be, which stays until the new one is complete
 * @param {Uint8Array} bytes
 */
export async function replaceFile(path, bytes) {
  const draft = `${path}.${process.pid}.tmp`; // in the same folder, so that it can be renamed
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw naming(path, error);
  }
}
