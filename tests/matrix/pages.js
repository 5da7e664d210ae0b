// Pages in Chromium: what a page's script came to, and whatever went wrong.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { launch, serve, types } from '../page/browser.js';
import { assertLearned } from './project.js';

/** @typedef {import('./project.js').Project} Project */

/** With these headers a page may have threads. */
export const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * @param {string} address of a page whose script sets `globalThis.result` to a promise
 * @returns {Promise<{ result: any, complaints: string[], version: string }>} `complaints`: errors and warnings on the console, and
 *   failed requests; `version`: the browser's
 */
async function visit(address) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`));
    await page.goto(address);
    await page.waitForFunction('globalThis.result').catch(() => complaints.push('the script set no result'));
    const result = await page.evaluate('globalThis.result?.catch(({ name, message }) => ({ name, message }))');
    return { result, complaints, version: browser.version() };
  } finally {
    await browser.close();
  }
}

/**
 * The page of app/index.html.
 * @param {string} address
 * @param {{ threads: boolean }} expected whether it may have threads
 * @returns {Promise<string>} the browser's version
 */
export async function assertPage(address, { threads }) {
  const { result, complaints, version } = await visit(address);
  assert.deepEqual({ complaints, message: result?.message }, { complaints: [], message: undefined });
  assert.equal(result.element, true, 'an import for its effect alone is left in');
  assertLearned(result.page);
  assertLearned(result.worker);
  assertLearned(result.posted, /^simd$/);
  if (threads) assertLearned(result.threads);
  return version;
}

/** Where there is no bundler, the package is known by its address. @param {Project} project @param {string} base */
async function rewrite({ folder, write }, base) {
  for (const file of (await readdir(folder)).filter((file) => file.endsWith('.js'))) {
    const code = await readFile(join(folder, file), 'utf8');
    const found = code.replace(/'layerlens(?:\/(\w+))?'/g, (_, entry = 'index') => `'${base}dist/${entry}.js'`);
    await write(file, found.replace('simd.wasm', `${base}dist/wasm/simd.wasm`));
  }
}

export async function noBuild(/** @type {Project} */ project) {
  await rewrite(project, './node_modules/layerlens/');
  const server = await serve(project.folder, isolation);
  return assertPage(server.address, { threads: true }).finally(server.close);
}

/** The package lies on another origin, whose server knows nothing of WebAssembly. */
export async function secondOrigin(/** @type {Project} */ project) {
  const { '.wasm': _, ...unaware } = types;
  const library = await serve(join(project.folder, 'node_modules/layerlens'), { 'Access-Control-Allow-Origin': '*' }, unaware);
  await rewrite(project, library.address);
  const server = await serve(project.folder);
  return assertPage(server.address, { threads: false }).finally(() => Promise.all([server.close(), library.close()]));
}

/** @param {string} policy */
export const allowed = (policy) => async (/** @type {Project} */ project) => {
  const { result, complaints, version } = await visitUnder(project, policy);
  assert.deepEqual({ complaints, message: result?.message }, { complaints: [], message: undefined });
  assertLearned(result);
  return version;
};

/** @param {string} policy that lacks the keyword for WebAssembly */
export const refused = (policy) => async (/** @type {Project} */ project) => {
  const { result, version } = await visitUnder(project, policy);
  assert.equal(result.name, 'LoadError');
  assert.match(result.message, /^load: the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src/);
  return version;
};

/** @param {Project} project @param {string} policy */
async function visitUnder(project, policy) {
  await rewrite(project, './node_modules/layerlens/');
  const server = await serve(project.folder, { 'Content-Security-Policy': policy });
  return visit(`${server.address}policy.html`).finally(server.close);
}
