// Bundlers with their default settings: the page and its Web Workers run, without a warning at building or a word in the browser.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { serve } from '../page/browser.js';
import { assertPage, isolation } from './pages.js';
import { environment, tool } from './project.js';

/** @typedef {import('./project.js').Project} Project */

/** @param {string} folder that was built */
async function assertBuilt(folder) {
  const server = await serve(folder, isolation);
  await assertPage(server.address, { threads: true }).finally(server.close);
}

/** Those that leave the page's HTML to others build public/main.js and public/worker.js. @param {Project} project */
async function assertPublic({ folder }) {
  await cp(join(folder, 'index.html'), join(folder, 'public/index.html'));
  await assertBuilt(join(folder, 'public'));
}

/** @param {string} name */
export const viteServer = (name) => async (/** @type {Project} */ { folder }) => {
  const server = spawn(process.execPath, [tool(name).path('bin/vite.js'), '--host', '127.0.0.1'], { cwd: folder, env: environment });
  let complaints = '';
  server.stderr.on('data', (text) => (complaints += text));
  try {
    let printed = '';
    let address;
    while (!address) {
      const [text] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit').then(() => assert.fail(complaints))]);
      printed += text;
      address = /http:\S+\//.exec(printed)?.[0];
    }
    await assertPage(address, { threads: false });
    assert.equal(complaints, '');
  } finally {
    server.kill();
  }
};

/** @param {string} name */
export const viteBuild = (name) => async (/** @type {Project} */ { folder, run }) => {
  assert.doesNotMatch(await run(process.execPath, tool(name).path('bin/vite.js'), 'build'), /warn|\(!\)/i);
  await assertBuilt(join(folder, 'dist'));
};

/** @param {'development' | 'production'} mode */
export const webpack = (mode) => async (/** @type {Project} */ project) => {
  const program = tool('webpack-cli').path('bin/cli.js');
  const printed = await project.run(process.execPath, program, './main.js', '--mode', mode, '-o', 'public', '--fail-on-warnings');
  assert.doesNotMatch(printed, /warning/i);
  await assertPublic(project);
};

/** With the one plugin that finds packages. */
export async function rollup(/** @type {Project} */ project) {
  const plugin = tool('@rollup/plugin-node-resolve').path('dist/cjs/index.js');
  const options = ['main.js', 'worker.js', '-d', 'public', '-p', plugin, '--failAfterWarnings'];
  assert.doesNotMatch(await project.run(process.execPath, tool('rollup').path('dist/bin/rollup'), ...options), /\(!\)/);
  await assertPublic(project);
}

/** It doesn't know of workers: they are entry points of their own, and by default a script has no `import.meta`. */
export async function esbuild(/** @type {Project} */ project) {
  const main = await readFile(join(project.folder, 'main.js'), 'utf8');
  await project.write('main.js', main.replace("new URL('./worker.js', import.meta.url)", "'./worker.js'"));
  const options = ['main.js', 'worker.js', '--bundle', '--minify', '--outdir=public', '--log-level=warning'];
  assert.equal(await project.run(tool('esbuild').path('bin/esbuild'), ...options), '');
  await assertPublic(project);
}
