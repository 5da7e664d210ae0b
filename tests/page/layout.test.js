// What a reader sees stays where it is, fits, and is explained in words.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** Where each cell and ticket stands, from the corner of the board's content. @param {import('playwright-core').Page} page */
const places = (page) =>
  page.evaluate(() => {
    const board = /** @type {HTMLElement} */ (document.querySelector('.board'));
    const from = board.getBoundingClientRect();
    return [...board.querySelectorAll('.half, .ticket, .node')].map((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left - from.left + board.scrollLeft, top - from.top, width, height].map(Math.round).join(' ');
    });
  });

/** Numbers of the step's working that stand over a matrix. @param {import('playwright-core').Page} page */
const covered = (page) =>
  page.evaluate(() => {
    const matrices = [...document.querySelectorAll('.matrix')].map((matrix) => matrix.getBoundingClientRect());
    return [...document.querySelectorAll('.working [data-ref]')]
      .filter((number) => {
        const { left, right, top, bottom } = number.getBoundingClientRect();
        return matrices.some((m) => left < m.right && right > m.left && top < m.bottom && bottom > m.top);
      })
      .map((number) => number.getAttribute('data-ref'));
  });

for (const width of [1280, 1024, 390, 320]) {
  for (const address of ['?scene=opened&preset=book', '?scene=folded&preset=iris', '?scene=mistake&preset=B', '?scene=sample&preset=iris', '?scene=batch&preset=iris', '?scene=batch&preset=book&n=8', '?scene=batch&preset=saturated&n=3', '?scene=batch&preset=overflow&n=1&in=1&out=1', '?scene=sample&preset=random&in=6&out=6']) {
    test(`${address} at ${width} px: nothing moves while stepping, and nothing makes the page wider than the screen`, async () => {
      const { page } = await open(browser, server.address + address, { viewport: { width, height: 800 } });
      const first = await places(page);
      const { steps } = await look(page);
      for (let step = 1; step <= steps; step++) {
        await page.locator('.scrubber input').fill(String(step));
        assert.deepEqual(await places(page), first, `step ${step}`);
        assert.deepEqual(await covered(page), [], `step ${step}: stands over a matrix`);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('.number')].filter((n) => n.scrollWidth > n.clientWidth).map((n) => n.getAttribute('data-ref')),
      );
      assert.deepEqual(cut, [], 'numbers that are cut off');
      await page.close();
    });
  }
}

test('a number with an exponent is shown whole', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  const field = page.locator('input[data-ref="W[0][1]"]');
  await field.click();
  await page.keyboard.type('-1.234e-12');
  await page.keyboard.press('Enter');
  assert.equal(await field.inputValue(), '−1.234e−12');
  assert.ok(await field.evaluate((input) => input.scrollWidth <= input.clientWidth));
  await page.close();
});

test('typing does not scroll the field away; the keys still work after a button has reached the end', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=iris&step=15`, { viewport: { width: 390, height: 844 } });
  const board = page.locator('.board');
  await board.evaluate((element) => (element.scrollLeft = 0));
  await page.locator('input[data-ref="X[0][0]"]').click();
  await page.keyboard.type('5');
  assert.equal(await board.evaluate((element) => element.scrollLeft), 0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Last step' }).click();
  await page.keyboard.press('ArrowLeft');
  const { step, steps } = await look(page);
  assert.equal(step, steps - 1);
  await page.close();
});

test('the address follows when playing has come to its end', async () => {
  const { page } = await open(browser, `${server.address}?scene=opened&preset=book`);
  await page.getByLabel('Speed').selectOption('4');
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForURL(/step=8/);
  await page.close();
});

test('parameters that others have added to the address are none of ours', async () => {
  const { page } = await open(browser, `${server.address}?utm_source=x`);
  const seen = await look(page);
  assert.equal(seen.message, undefined);
  assert.equal(seen.data.scene, 'batch');
  assert.ok(seen.numbers.some(({ ref, value }) => ref === 'X[0][0]' && value === '5.1'));
  await page.close();
});

test('where float32 breaks, the page says so in words instead of NaN', async () => {
  for (const [path, words, cell] of [['', /0 · ∞.*true slope is next to 0/, 'no value'], ['zh/', /0 · ∞.*真正的斜率几乎是 0/, '无值']]) {
    const { page } = await open(browser, `${server.address}${path}?scene=opened&preset=book`);
    await page.locator('input[data-ref="x"]').click();
    await page.keyboard.type('-100');
    await page.keyboard.press('Enter');
    await page.locator('.scrubber input').fill('2');
    assert.match((await look(page)).narration ?? '', /∞/);
    await page.locator('.scrubber input').fill('7');
    const broken = await look(page);
    assert.match(broken.narration ?? '', /** @type {RegExp} */ (words));
    assert.equal(broken.numbers.find(({ ref }) => ref === 'dneg.out')?.shown, cell);
    assert.ok(!(await page.locator('#stage').innerText()).includes('NaN'));
    await page.close();
  }
});

test('with one sample the narration names the numbers as the formula does', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book&n=1&step=10`);
  const { narration, lines } = await look(page);
  assert.match(narration ?? '', /X\[0\]\[1\] times dY\[0\]\[0\] gives dW\[1\]\[0\]/);
  assert.match(lines ?? '', /dW\[1\]\[0\] = X\[0\]\[1\]·dY\[0\]\[0\]/);
  await page.close();
});
