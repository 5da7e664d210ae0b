// Runtimes outside a browser: Node, Deno, Bun and workerd.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

import { assertLearned, assertPrinted, run, tool } from './project.js';

/** @typedef {import('./project.js').Project} Project */

/** @param {string} printed by app/using.mjs */
const assertFreed = (printed) => assert.match(printed, /^[1-9]\d* 0\n$/);

/**
 * @param {string} name of its package
 * @param {{ using?: boolean }} [has] whether this version has `using`
 */
export const node = (name, { using } = {}) => async (/** @type {Project} */ project) => {
  const program = tool(name).path('bin/node');
  for (const file of ['bare.mjs', 'bare.cjs']) assert.equal(await project.run(program, file), '', file);
  for (const file of ['program.mjs', 'program.cjs', 'threads.mjs']) assertPrinted(await project.run(program, file));
  const [own, posted] = JSON.parse(await project.run(program, 'worker-thread.mjs'));
  assertLearned(own);
  assertLearned(posted, /^simd$/);
  if (using) assertFreed(await project.run(program, 'using.mjs'));
};

export async function deno(/** @type {Project} */ project) {
  const denoRun = (/** @type {string} */ file) => project.run(tool('deno').path('deno'), 'run', '--no-prompt', file);
  assertPrinted(await denoRun('program.mjs'));
  assertFreed(await denoRun('using.mjs'));
}

export async function bun(/** @type {Project} */ project) {
  const program = tool('bun').path('bin/bun.exe');
  for (const file of ['program.mjs', 'program.cjs']) assertPrinted(await project.run(program, file));
  assertFreed(await project.run(program, 'using.mjs'));
}

/** A program of its own, which runs where nothing of the project is. */
export async function bunCompile(/** @type {Project} */ project) {
  await project.run(tool('bun').path('bin/bun.exe'), 'build', '--compile', 'program.mjs', '--outfile', 'program');
  const elsewhere = await mkdtemp(join(tmpdir(), 'layerlens-'));
  try {
    await cp(join(project.folder, 'program'), join(elsewhere, 'program'));
    await rm(join(project.folder, 'node_modules'), { recursive: true });
    assertPrinted(await run(elsewhere, './program'));
  } finally {
    await rm(elsewhere, { recursive: true });
  }
}

/**
 * Bundled as Cloudflare's tools do it: under the condition `workerd`, with the .wasm files as modules of the worker. From the date
 * on that it says, workers have the MessageChannel that training needs.
 */
export async function workerd(/** @type {Project} */ project) {
  const { folder } = project;
  await build({
    absWorkingDir: folder,
    entryPoints: ['workerd.mjs'],
    outfile: join(folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm'],
  });
  const kernels = ['relaxed', 'simd'].map((variant) => `wasm/${variant}.wasm`);
  const modules = kernels.map((file) => `(name = "${file}", wasm = embed "node_modules/layerlens/dist/${file}")`);
  await project.write(
    'config.capnp',
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [(name = "main", worker = (
         modules = [(name = "worker.js", esModule = embed "worker.js"), ${modules}],
         compatibilityDate = "2025-08-15"
       ))],
       sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
     );`,
  );
  const stdio = /** @type {const} */ (['ignore', 'pipe', 'pipe', 'pipe']);
  const server = spawn(tool('workerd').path('bin/workerd'), ['serve', '--control-fd=3', 'config.capnp'], { cwd: folder, stdio });
  let complaints = '';
  server.stderr.on('data', (text) => (complaints += text));
  try {
    const [message] = await Promise.race([once(server.stdio[3], 'data'), once(server, 'exit').then(() => assert.fail(complaints))]);
    const response = await fetch(`http://127.0.0.1:${JSON.parse(String(message)).port}/`);
    const text = await response.text();
    assert.equal(response.status, 200, text + complaints);
    assertLearned(JSON.parse(text));
    assert.equal(complaints, '');
  } finally {
    server.kill();
  }
}
