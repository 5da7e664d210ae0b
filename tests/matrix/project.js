// Fresh projects with the packed package and the programs of app/ in them, and the programs of others that are to run them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { installIn, root } from '../package/install.js';

const execute = promisify(execFile);
export const environment = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NODE_OPTIONS: '' };

/** The tools that are installed for this matrix alone, below build/; the others are the repository's own. */
const { devDependencies: extra } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/**
 * An installed package.
 * @param {string} name
 * @returns {{ version: string, path: (file: string) => string }} `path` gives the path of one of its files
 */
export function tool(name) {
  const folder = join(root, name in extra ? 'build/matrix' : '', 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { version, path: (file) => join(folder, file) };
}

/**
 * Runs a program.
 * @param {string} folder
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string>} all that it printed
 */
export async function run(folder, program, ...args) {
  const failed = (/** @type {any} */ { message, stdout }) => assert.fail(`${message}\n${stdout}`);
  const { stdout, stderr } = await execute(program, args, { cwd: folder, env: environment }).catch(failed);
  return stdout + stderr;
}

/**
 * @typedef {object} Project
 * @property {string} folder where public/ is for what is served as it is
 * @property {string} tarball
 * @property {(program: string, ...args: string[]) => Promise<string>} run a program in it; gives all that it printed
 * @property {(file: string, text: string) => Promise<void>} write
 */

/**
 * @param {string} tarball
 * @template T
 * @param {(project: Project) => Promise<T>} use
 */
export async function inProject(tarball, use) {
  const folder = await mkdtemp(join(tmpdir(), 'layerlens-'));
  try {
    await installIn(folder, tarball);
    await cp(fileURLToPath(new URL('app/', import.meta.url)), folder, { recursive: true });
    await mkdir(join(folder, 'public'));
    await cp(join(folder, 'node_modules/layerlens/dist/wasm/simd.wasm'), join(folder, 'public/simd.wasm'));
    return await use({
      folder,
      tarball,
      run: (program, ...args) => run(folder, program, ...args),
      write: (file, text) => writeFile(join(folder, file), text),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * What app/xor.mjs comes to, wherever it runs.
 * @param {any} result
 * @param {RegExp} [variant] of the kernels
 */
export function assertLearned(result, variant = /^(relaxed|simd)$/) {
  assert.match(result.variant, variant);
  assert.equal(result.gradients, true, 'each gradient is a central difference of the float64 reference');
  const [first, last] = result.losses;
  assert.ok(first > 0.5 && last < 0.05, `the loss went from ${first} to ${last}`);
  assert.deepEqual(result.learned, [0, 1, 1, 0]);
}

/** @param {string} printed a result and nothing else @param {RegExp} [variant] */
export function assertPrinted(printed, variant) {
  assert.match(printed, /^\{.*\}\n$/);
  assertLearned(JSON.parse(printed), variant);
}
