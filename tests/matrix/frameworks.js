// The components of examples/: with their frameworks from npm, built by Vite, clicked in Chromium, and rendered on a server.

import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { launch, serve } from '../page/browser.js';
import { root } from '../package/install.js';
import { run } from './project.js';

/** @param {'react' | 'vue' | 'svelte'} name */
export const framework = (name) => async (/** @type {import('./project.js').Project} */ { folder, tarball }) => {
  const example = join(folder, name);
  const own = (/** @type {string} */ path) => !/node_modules|dist$/.test(path);
  await cp(join(root, 'examples', name), example, { recursive: true, filter: own });
  await run(example, 'npm', 'install', tarball, '--no-audit', '--no-fund', '--loglevel=error');
  assert.doesNotMatch(await run(example, 'npm', 'run', 'build'), /warn/i);
  await click(join(example, 'dist'));
  const html = await run(example, 'npm', 'run', 'render');
  assert.match(html, /<button[^>]*>Train<\/button>/);
  assert.match(html, /<output[^>]*>(?:<!--.*?-->)*not yet trained/);
  assert.equal(html.match(/<td>(?:<!--.*?-->)*\?/g)?.length, 4);
  return JSON.parse(await readFile(join(example, 'node_modules', name, 'package.json'), 'utf8')).version;
};

/** @param {string} built */
async function click(built) {
  const [browser, server] = await Promise.all([launch(), serve(built)]);
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const complaints = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`));
    await page.goto(server.address);
    assert.equal(await page.textContent('output'), 'not yet trained');
    await page.click('button');
    await page.waitForFunction(() => /^step \d+: /.test(document.querySelector('output')?.textContent ?? ''));
    assert.ok(await page.isDisabled('button'), 'no second training beside the first');
    await page.waitForFunction(() => /^step 1000: /.test(document.querySelector('output')?.textContent ?? ''));
    const outputs = await page.$$eval('tbody td:nth-child(4)', (cells) => cells.map((cell) => Math.round(Number(cell.textContent))));
    assert.deepEqual(outputs, [0, 1, 1, 0]);
    await page.waitForSelector('button:enabled');
    assert.deepEqual(complaints, []);
  } finally {
    await Promise.all([browser.close(), server.close()]);
  }
}
