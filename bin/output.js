// Writes a file whole or not at all.

import { fstatSync } from 'node:fs';
import { access, constants, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Failure, naming } from './failure.js';

/** @param {string} path of a file; `-` is standard input */
const look = async (path) => (path === '-' ? fstatSync(0) : stat(path).catch(() => undefined));

/**
 * Finds out early whether `replaceFile` is going to work, and that it won't replace what is read.
 * @param {string} path
 * @param {string[]} sources the files with the data; `-` is standard input
 * @returns {Promise<string>} the path to replace: where `path` is a symbolic link, what that leads to
 */
export async function checkReplaceable(path, sources) {
  const found = await realpath(path).catch(() => undefined);
  if (!found && (await lstat(path).catch(() => undefined))) throw new Failure(`${path}: a symbolic link that leads nowhere`);
  const target = found ?? path;
  try {
    await access(dirname(target), constants.W_OK);
  } catch (error) {
    throw naming(dirname(target), error);
  }
  const existing = await look(target);
  if (existing && !existing.isFile()) throw new Failure(`${path}: expected a file to write to, got something else`);
  for (const source of await Promise.all(sources.map(look))) {
    if (existing && source?.ino === existing.ino && source.dev === existing.dev) {
      throw new Failure(`${path}: it holds the data, and would be overwritten; --out names another file`);
    }
  }
  return target;
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
