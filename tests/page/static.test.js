// The built page as a folder: below any path, under a strict Content-Security-Policy, and without a network after the first visit.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scenes } from '../../web/scenes.js';
import { launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {string} */
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
  cpSync(fileURLToPath(new URL('../../site', import.meta.url)), join(folder, 'some/where'), { recursive: true });
  [browser, server] = await Promise.all([launch(), serve(folder)]);
});
after(async () => {
  await Promise.all([browser.close(), server.close()]);
  rmSync(folder, { recursive: true });
});

for (const language of ['', 'zh/']) {
  test(`/${language}: each scene runs below a path without a complaint, and asks no other host for anything`, async () => {
    for (const scene of Object.keys(scenes)) {
      const { page, complaints } = await open(browser, `${server.address}some/where/${language}?scene=${scene}`);
      await page.focus('#stage');
      await page.keyboard.press('End');
      await page.waitForSelector('#stage[data-ready]');
      assert.ok((await look(page)).step > 0);
      const asked = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
      assert.ok(asked.length >= 2 && asked.every((url) => url.startsWith(`${server.address}some/where/`)), asked.join());
      assert.deepEqual(complaints, [], scene);
      await page.close();
    }
  });

  test(`/${language}: the policy lets in no code and no data from elsewhere`, async () => {
    const { page } = await open(browser, `${server.address}some/where/${language}`);
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
    assert.match(policy ?? '', /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    assert.doesNotMatch(policy ?? '', /unsafe-inline|'unsafe-eval'|\*|https?:/);
    const refused = await page.evaluate(async () => {
      /** @type {string[]} */
      const directives = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => directives.push(effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.stolen = true';
      document.body.append(script);
      document.body.setAttribute('style', 'color: red');
      await fetch('http://127.0.0.1:9/').catch(() => {});
      const image = new Image();
      image.src = 'http://127.0.0.1:9/x.png';
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { directives: directives.sort(), stolen: 'stolen' in window };
    });
    assert.deepEqual(refused, { directives: ['connect-src', 'img-src', 'script-src-elem', 'style-src-attr'], stolen: false });
    await page.close();
  });
}

test('after the first visit both languages open without a network, at any link', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  const { page, complaints } = await open(context, `${server.address}some/where/?scene=batch&preset=book&step=18`);
  const seen = await look(page);
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== 'activated') await new Promise((resolve) => active?.addEventListener('statechange', resolve, { once: true }));
  });
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector('#stage[data-ready]');
  assert.deepEqual(await look(page), seen);
  await page.goto(`${server.address}some/where/zh/index.html?scene=train&step=3`);
  await page.waitForSelector('#stage[data-ready][data-lang="zh"]');
  assert.equal((await look(page)).step, 3, 'the training has its worker');
  assert.deepEqual(complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED|^failed: .*\/some\/where\//.test(text)), []);
  await context.close();
});
