// What the page's tests share: a server for site/, a browser, and what can be read off the stage.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const site = fileURLToPath(new URL('../../site/', import.meta.url));
/** What a server says of a file, by the ending of its name. */
export const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder on the loopback interface, at any free port.
 * @param {string} [folder]
 * @param {Record<string, string>} [headers]
 * @param {Partial<typeof types>} [known] the types that it knows of; other files are plain text
 */
export async function serve(folder = site, headers = {}, known = types) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      const type = known[/** @type {keyof typeof types} */ (extname(file))] ?? 'text/plain';
      response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => server.close(resolve)) };
}

export function launch() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  assert.ok(executablePath, 'no Chromium found; `make test` installs it');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
  return chromium.launch({ executablePath, args });
}

/**
 * Opens an address of the page and waits for the stage. Everything that the browser complains about is collected.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function open(browser, url, options) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('response', (response) => response.status() >= 400 && complaints.push(`${response.status()}: ${response.url()}`));
  await page.goto(url);
  await page.waitForSelector('#stage[data-ready]');
  return { page, complaints };
}

/** @typedef {Awaited<ReturnType<typeof look>>} Look */

/**
 * Reads the stage: its attributes, its numbers, what is lit, what it says.
 * @param {Pick<import('playwright-core').Page, 'evaluate'>} page
 */
export function look(page) {
  return page.evaluate(() => {
    const stage = /** @type {HTMLElement} */ (document.querySelector('#stage'));
    const text = (/** @type {string} */ selector) => document.querySelector(selector)?.textContent?.trim().replace(/\s+/g, ' ');
    return {
      // Whether the last change is shown as a movement belongs to the way, not to the picture.
      data: { ...stage.dataset, motion: undefined },
      step: Number(stage.dataset.step),
      steps: Number(stage.dataset.steps),
      numbers: [...stage.querySelectorAll('[data-ref]')].map((element) => ({
        ref: /** @type {HTMLElement} */ (element).dataset.ref ?? '',
        value: /** @type {HTMLElement} */ (element).dataset.value ?? '',
        shown: element instanceof HTMLInputElement ? element.value : (element.textContent ?? ''),
        lit: element.classList.contains('written') ? 'written' : element.classList.contains('read') ? 'read' : '',
      })),
      narration: text('.narration'),
      lines: text('.lines'),
      message: text('.message'),
    };
  });
}

/** The numbers of a look by their refs; one that stands in several places must be the same everywhere. @param {Look} seen */
export function byRef(seen) {
  const values = new Map();
  for (const { ref, value } of seen.numbers) {
    if (values.has(ref)) assert.equal(value, values.get(ref), `${ref} differs between places`);
    values.set(ref, value);
  }
  return values;
}

/** Pastes a text over a number. @param {import('playwright-core').Page} page @param {string} ref @param {string} text */
export function paste(page, ref, text) {
  return page.locator(`input[data-ref="${ref}"]`).evaluate((field, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', pasted);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
