// A fresh project with the packed package in it, as a user would have it.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * Packs the package as it would be published.
 * @param {string} folder that gets the tarball
 * @returns {Promise<{ tarball: string, files: string[] }>} its path, and those of the files in it
 */
export async function pack(folder) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename, files }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files: files.map((/** @type {{ path: string }} */ { path }) => path) };
}

/** Installs the tarball in an empty folder. @param {string} folder @param {string} tarball */
export async function installIn(folder, tarball) {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await run('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund'], { cwd: folder });
}

/**
 * Packs the package and installs the tarball in an empty folder.
 * @returns {Promise<{ folder: string, files: string[], node: (file: string, code: string) => Promise<string>,
 *   layerlens: (...args: string[]) => Promise<string>, remove: () => Promise<void> }>}
 *   the folder; the tarball's files; `node` runs a file there and gives what it printed, `layerlens` the command; `remove` ends it
 */
export async function install() {
  const folder = await mkdtemp(join(tmpdir(), 'layerlens-'));
  const { tarball, files } = await pack(folder);
  await installIn(folder, tarball);
  return {
    folder,
    files,
    node: async (file, code) => {
      await writeFile(join(folder, file), code);
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });
      return stdout + stderr;
    },
    layerlens: async (...args) => (await run(join(folder, 'node_modules/.bin/layerlens'), args, { cwd: folder })).stdout,
    remove: () => rm(folder, { recursive: true }),
  };
}
