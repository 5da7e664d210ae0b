// Takes README's picture: `PICTURE=1 make test` renews the one that is kept.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { launch, open, serve } from './browser.js';

const kept = fileURLToPath(new URL('../../docs/page.png', import.meta.url));
const taken = fileURLToPath(new URL('../../build/page.png', import.meta.url));

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

test("README's picture is one of the page as it is, at work on the backward pass of four flowers", async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=iris&step=67`);
  assert.match((await page.locator('.narration').textContent()) ?? '', /axis 0/);
  mkdirSync(fileURLToPath(new URL('../../build', import.meta.url)), { recursive: true });
  await page.screenshot({ path: process.env.PICTURE ? kept : taken });
  await page.close();
  // Fonts differ between machines, and with them the pixels: only the size is compared.
  const { width, height } = PNG.sync.read(readFileSync(kept));
  assert.deepEqual({ width, height }, { width: 1280, height: 900 });
});
