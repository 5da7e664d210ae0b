// Where the engine has less to offer, the page computes with what there is; and without scripts it can still be read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { byRef, launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** Kinds of engines, as scripts that run before the page's. */
const engines = {
  'without relaxed SIMD': {
    backend: 'simd',
    badge: 'WASM, SIMD',
    script: () => {
      const validate = WebAssembly.validate;
      let first = true;
      WebAssembly.validate = (bytes) => {
        const relaxed = first; // which is tried first
        first = false;
        return !relaxed && validate(bytes);
      };
    },
  },
  'without SIMD': { backend: 'scalar', badge: 'WASM without SIMD', script: () => (WebAssembly.validate = () => false) },
  'without WebAssembly': { backend: 'reference', badge: 'JavaScript', script: () => Reflect.deleteProperty(globalThis, 'WebAssembly') },
};

for (const [name, { backend, badge, script }] of Object.entries(engines)) {
  test(`an engine ${name} shows the same numbers within 1e-6, says what computes them, and trains if it can`, async () => {
    for (const scene of ['opened', 'folded', 'sample', 'batch']) {
      const address = `${server.address}?scene=${scene}&preset=iris&step=999`;
      const usual = await open(browser, address);
      const expected = byRef(await look(usual.page));
      await usual.page.close();

      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      await context.addInitScript(/** @type {() => void} */ (script));
      const { page, complaints } = await open(context, address);
      const seen = await look(page);
      assert.equal(seen.data.backend, backend);
      assert.match((await page.textContent('.badge')) ?? '', new RegExp(`^\\s*${badge}\\s*$`));
      const values = byRef(seen);
      assert.deepEqual([...values.keys()], [...expected.keys()]);
      for (const [ref, value] of values) {
        const close = Math.abs(Number(value) - Number(expected.get(ref))) <= 1e-6 * Math.max(1, Math.abs(Number(value)));
        assert.ok(close, `${scene}: ${ref} is ${value}, usually ${expected.get(ref)}`);
      }
      assert.deepEqual(complaints, []);
      await context.close();
    }
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.addInitScript(/** @type {() => void} */ (script));
    const page = await context.newPage();
    await page.goto(`${server.address}?scene=train&step=5`);
    await (backend === 'reference' ? page.getByText('Training needs WebAssembly') : page.locator('#stage[data-ready][data-step="5"]')).waitFor();
    await context.close();
  });
}

test('the badge measures a pass when it is pressed, and forgets it with other numbers', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=book&step=3`);
  await page.locator('.badge').click();
  assert.match((await page.textContent('.badge')) ?? '', /· [\d.]+ (µs|ms) a pass/);
  await page.locator('.scrubber input').fill('4');
  assert.match((await page.textContent('.badge')) ?? '', /a pass/, 'a step changes nothing');
  await page.locator('input[data-ref="X[0][0]"]').press('ArrowUp');
  assert.doesNotMatch((await page.textContent('.badge')) ?? '', /a pass/);
  assert.deepEqual(complaints, []);
  await page.close();
});

for (const [path, note, words] of [
  ['', 'needs JavaScript', /The sigmoid .* is four small nodes in a row/],
  ['zh/', '需要启用 JavaScript', /四个简单的节点排成一行/],
]) {
  test(`/${path} without JavaScript: prose, formulas and a drawn graph`, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(server.address + path);
    const text = (await page.innerText('body')).replace(/\s+/g, ' ');
    assert.ok(text.includes(note));
    assert.match(text, /** @type {RegExp} */ (words));
    assert.ok((await page.locator('math').count()) >= 20);
    assert.ok(await page.locator('.affine-graph text').first().isVisible());
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0), 0);
    await context.close();
  });
}
