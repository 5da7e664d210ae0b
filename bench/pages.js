// Peers in pages of headless Chromium: the same modules, bundled.

import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

/** @typedef {import('./answer.js').Request} Request */
/** @typedef {import('./columns.js').Column} Column */
/** @typedef {import('./runners.js').Started} Started */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const folder = here('../build/bench');
const origin = 'https://bench.invalid/'; // answered below, never looked up
const { resolve } = createRequire(import.meta.url);
/** What the peers load at run time. */
const files = [
  'onnxruntime-web/ort-wasm-simd-threaded.mjs',
  'onnxruntime-web/ort-wasm-simd-threaded.wasm',
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
];
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const html = '<!doctype html><script type="module" src="page.js"></script>';

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {(column: Column, option?: string) => Promise<Started>} start
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Browser>} */
export async function startBrowser() {
  await build({
    absWorkingDir: here('.'),
    entryPoints: ['page.js'],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    alias: { 'onnxruntime-web': 'onnxruntime-web/wasm' }, // the part without WebGPU, as in Node
    logLevel: 'error',
  });
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(resolve(file), join(folder, basename(file)));

  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) throw new Error('no Chromium found; tools/setup test installs it');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  return {
    version: browser.version(),
    close: () => browser.close(),
    start: async ({ id, peer, unchecked }, option = '') => {
      const context = await browser.newContext();
      // Isolated across origins, a page's clock ticks every 5 µs instead of 100.
      const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
      await context.route(`${origin}**`, async (route) => {
        const path = new URL(route.request().url()).pathname;
        const contentType = types[/** @type {keyof typeof types} */ (extname(path))];
        if (contentType) await route.fulfill({ headers, contentType, path: join(folder, path) });
        else await route.fulfill({ headers, contentType: 'text/html', body: html });
      });
      const page = await context.newPage();
      await page.goto(origin);
      await page.waitForFunction('window.begin');
      if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error('the page is not isolated: its clock is too coarse');
      await page.evaluate(([name, option, files]) => window.begin(name, option, files), [peer, option, origin]);
      const ask = (/** @type {Request} */ request) => page.evaluate((request) => window.answer(request), request);
      return { id, unchecked, ask, close: () => context.close() };
    },
  };
}
