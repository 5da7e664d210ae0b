// The folded sigmoid: both routes, and what the page says where float32 parts them.

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

for (const { x, folded, opened, words, zh } of [
  { x: '0', folded: /^0\.25$/, opened: /^0\.25$/, words: /Both routes give the same float32/, zh: /相同的 float32/ },
  { x: '1', folded: /^0\.19661193$/, opened: /^0\.19661194$/, words: /differ in the last digits only/, zh: /只在末几位不同/ },
  { x: '-100', folded: /^3\.8e-44$/, opened: /^NaN$/, words: /has no value.*∞ · 0/, zh: /没有值.*∞ · 0/ },
  { x: '20', folded: /^0$/, opened: /^2\.0611537e-9$/, words: /1 − y is 0.*loses the slope/, zh: /1 − y 是 0.*丢失了斜率/ },
  { x: '15', folded: /^2\.98\d*e-7$/, opened: /^3\.059\d*e-7$/, words: /folded node is off by [\d.]+ %/, zh: /简化后的节点偏差 [\d.]+ %/ },
  { x: '-50', folded: /^1\.928\d*e-22$/, opened: /e-22$/, words: /opened route is off by [\d.]+ %/, zh: /展开的路线偏差 [\d.]+ %/ },
]) {
  test(`x = ${x}: both routes are computed and compared, in words`, async () => {
    for (const [path, expected] of /** @type {const} */ ([['', words], ['zh/', zh]])) {
      const { page, complaints } = await open(browser, `${server.address}${path}?scene=folded&preset=book&step=10&variant=simd`);
      await page.locator('input[data-ref="x"]').click();
      await page.keyboard.type(x);
      await page.keyboard.press('Enter');
      const seen = await look(page);
      const values = byRef(seen);
      assert.match(seen.narration ?? '', expected);
      assert.match(values.get('dx'), folded);
      assert.match(values.get('opened.dx'), opened);
      // Where a route went wrong, the third line tells the truth.
      const truth = 1 / (2 + Math.exp(Number(x)) + Math.exp(-Number(x)));
      assert.equal(Math.fround(Number(values.get('exact.dx'))), Math.fround(truth));
      assert.ok(!(await page.locator('#stage').innerText()).includes('NaN'));
      assert.deepEqual(complaints, []);
      await page.close();
    }
  });
}

test('the four nodes are seen sliding into one, and only in the step that folds them', async () => {
  const { page } = await open(browser, `${server.address}?scene=folded&preset=book&step=3`, { reducedMotion: 'no-preference' });
  const sliding = () =>
    page.evaluate(() => document.getAnimations().filter((animation) => /** @type {CSSAnimation} */ (animation).animationName === 'slide').length);
  await page.focus('#stage');
  for (const [step, expected] of [[4, 0], [5, 4], [6, 0]]) {
    await page.keyboard.press('ArrowRight');
    assert.equal(await sliding(), expected, `step ${step}`);
  }
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  assert.equal(await sliding(), 0, 'not with reduced motion');
  await page.close();
});
