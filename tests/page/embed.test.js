// The stage inside another page: in two sandboxed frames of another origin, and as an element of the package.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** Another origin. @type {Awaited<ReturnType<typeof serve>>} */
let hosts;
/** @type {string} */
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
  copyFileSync(fileURLToPath(new URL('../../dist/element.js', import.meta.url)), join(folder, 'element.js'));
  [browser, server, hosts] = await Promise.all([launch(), serve(), serve(folder)]);
});
after(async () => {
  await Promise.all([browser.close(), server.close(), hosts.close()]);
  rmSync(folder, { recursive: true });
});

/** Opens a page of the other origin, which keeps what it is told. @param {string} body */
async function openHost(body) {
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><link rel="icon" href="data:,"><title>host</title><script>
      const told = [];
      addEventListener('message', ({ source, data }) => told.push({ frame: [...document.querySelectorAll('iframe')].findIndex(({ contentWindow }) => contentWindow === source), ...data }));
    </script>${body}`,
  );
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 }, reducedMotion: 'reduce' });
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const asked = new Set();
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  await page.goto(hosts.address);
  return { page, complaints, asked };
}

const frameOf = (/** @type {string} */ query) =>
  `<iframe sandbox="allow-scripts" style="width: 900px; height: 300px" src="${server.address}?embed=1&${query}"></iframe>`;

/** @param {import('playwright-core').Page} page @returns {Promise<any[]>} */
const told = (page) => page.evaluate('told');

/** @param {import('playwright-core').Page} page @param {string} condition on `told` */
const untilTold = (page, condition) => page.waitForFunction(`told.some((message) => ${condition})`);

/** @param {import('playwright-core').Page} page @param {number} frame @param {unknown} message */
const ask = (page, frame, message) =>
  page.evaluate(({ frame, message }) => document.querySelectorAll('iframe')[frame].contentWindow?.postMessage(message, '*'), { frame, message });

test('two frames tell when they are ready and how high they are, and play, pause, seek and set independently', async () => {
  const { page, complaints, asked } = await openHost(frameOf('scene=batch&preset=book&n=2') + frameOf('scene=opened&preset=book&step=3'));
  await untilTold(page, 'message.frame === 0 && message.type === "height"');
  await untilTold(page, 'message.frame === 1 && message.type === "height"');
  const first = await told(page);
  assert.deepEqual(
    first.filter(({ type }) => type === 'ready').sort((a, b) => a.frame - b.frame),
    [
      { frame: 0, source: 'layerlens', type: 'ready', scene: 'batch', step: 0, steps: 20, pass: 'forward', playing: false },
      { frame: 1, source: 'layerlens', type: 'ready', scene: 'opened', step: 3, steps: 8, pass: 'forward', playing: false },
    ],
  );
  const [batch, opened] = page.frames().slice(1);
  for (const [i, frame] of [batch, opened].entries()) {
    const height = first.findLast((message) => message.frame === i && message.type === 'height').height;
    await page.evaluate(([i, height]) => (document.querySelectorAll('iframe')[i].style.height = `${height}px`), [i, height]);
    await frame.waitForFunction((height) => innerHeight === height, height); // a frame of another process is told later
    assert.equal(await frame.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0, 'nothing to scroll');
    assert.deepEqual(await frame.$$eval('header, article, .tools', (all) => all.filter((part) => part.getClientRects().length > 0).length), 0);
    assert.ok(await frame.isVisible('.transport'));
  }

  await ask(page, 0, { type: 'seek', step: 18 });
  await untilTold(page, 'message.frame === 0 && message.step === 18 && message.pass === "backward"');
  assert.equal(await batch.getAttribute('[data-ref="db[0]"]', 'data-value'), '5');
  await ask(page, 0, { type: 'set', tensor: 'dY', values: [[10, 2, 3], [4, 5, 6]] });
  await batch.waitForSelector('[data-ref="db[0]"][data-value="14"]');
  assert.equal(await opened.getAttribute('#stage', 'data-step'), '3', 'the other one stays');

  await page.locator('iframe').nth(1).scrollIntoViewIfNeeded(); // out of sight, a frame of another origin stands still
  await ask(page, 1, { type: 'set', tensor: 'x', values: -2 });
  await ask(page, 1, { type: 'play' });
  await untilTold(page, 'message.frame === 1 && message.step === 4 && message.playing');
  await ask(page, 1, { type: 'pause' });
  await untilTold(page, 'message.frame === 1 && message.step >= 4 && !message.playing');
  assert.equal(await opened.getAttribute('[data-ref="neg.out"]', 'data-value'), '2');
  assert.equal(await batch.getAttribute('#stage', 'data-step'), '18');

  assert.deepEqual([...asked].sort(), [hosts.address, server.address].map((url) => new URL(url).origin).sort(), 'no third party');
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal(await page.evaluate(async () => (await caches.keys()).length + localStorage.length), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('malformed messages, and those of others, are left alone', async () => {
  const { page, complaints } = await openHost(frameOf('scene=batch&preset=book&step=5'));
  await untilTold(page, 'message.type === "ready"');
  const [frame] = page.frames().slice(1);
  const picture = () => frame.$eval('#stage', (stage) => stage.outerHTML);
  const before = await picture();
  for (const message of [
    ...[null, undefined, 1, 'play', [], {}, { type: 'dance' }, { type: 'seek' }, { type: 'seek', step: '3' }, { type: 'seek', step: 1.5 }],
    ...[{ type: 'seek', step: NaN }, { type: 'set' }, { type: 'set', tensor: 'X' }, { type: 'set', tensor: 'X', values: [[1]] }],
    ...[{ type: 'set', tensor: '__proto__', values: [[1]] }, { type: 'set', tensor: 'Y', values: [[1, 2, 3], [1, 2, 3]] }],
    ...[{ type: 'set', tensor: 'X', values: [[1, 2], [3, NaN]] }, { type: 'set', tensor: 'X', values: [[1, 2], [3, '4']] }],
    ...[{ type: 'set', tensor: 'X', values: [[1, 2], [3, 1e39]] }, { type: 'set', tensor: 'X', values: { length: 2 } }, { type: ['play'] }],
  ]) {
    await ask(page, 0, message);
  }
  // From the frame itself, which is not its parent.
  await frame.evaluate(() => window.postMessage({ type: 'seek', step: 9 }, '*'));
  await page.waitForTimeout(300);
  assert.equal(await picture(), before);
  await ask(page, 0, { type: 'seek', step: 999 });
  await untilTold(page, 'message.step === 20');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('<layer-lens> is as high as its stage, fires ready and step, and obeys', async () => {
  const { page, complaints } = await openHost(
    `<layer-lens src="${server.address}zh/" scene="sample" preset="book" step="2"></layer-lens>
    <script type="module">
      import './element.js';
      const element = document.querySelector('layer-lens');
      for (const type of ['ready', 'step']) element.addEventListener(type, ({ detail }) => told.push({ event: type, ...detail }));
    </script>`,
  );
  await untilTold(page, 'message.event === "ready" && message.scene === "sample" && message.step === 2');
  const [frame] = page.frames().slice(1);
  assert.equal(await frame.getAttribute('#stage', 'data-lang'), 'zh');
  await page.waitForFunction(() => document.querySelector('iframe')?.style.height !== '40rem');
  await page.evaluate('document.querySelector("layer-lens").seek(14)');
  await untilTold(page, 'message.event === "step" && message.step === 14 && message.pass === "backward"');
  await page.evaluate('document.querySelector("layer-lens").set("X", [3, -1])');
  await frame.waitForSelector('[data-ref="dW[0][0]"][data-value="3"]');
  await page.evaluate('document.querySelector("layer-lens").setAttribute("scene", "folded")');
  await untilTold(page, 'message.event === "ready" && message.scene === "folded"');
  await page.evaluate('document.querySelector("layer-lens").remove()');
  assert.equal(await page.locator('iframe').count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('without a browser the element can be imported', async () => {
  const { LayerLens } = await import('../../dist/element.js');
  assert.equal(typeof LayerLens, 'function');
});
