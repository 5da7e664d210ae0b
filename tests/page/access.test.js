// The page for those who don't see it, see it faintly, or have no mouse. Every combination is in access.full.test.js.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scenes } from '../../web/scenes.js';
import { faintTexts, violations } from './access.js';
import { launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

Object.keys(scenes).forEach((scene, i) => {
  const [lang, colorScheme] = i % 2 ? /** @type {const} */ (['zh/', 'dark']) : /** @type {const} */ (['', 'light']);
  test(`${lang}${scene}, ${colorScheme}: axe finds nothing, and each text has contrast`, async () => {
    const { page } = await open(browser, `${server.address}${lang}?scene=${scene}&step=6`, { colorScheme });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await faintTexts(page), []);
    await page.close();
  });
});

/** What has the focus, as assistive technology sees it. @param {import('playwright-core').Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const element = /** @type {HTMLElement} */ (document.activeElement);
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { x, y, width, height } = element.getBoundingClientRect();
    const seen = document.elementFromPoint(x + Math.min(width, innerWidth) / 2, y + Math.min(height / 2, 20));
    return {
      name: element.getAttribute('aria-label') ?? element.closest('label')?.textContent?.trim() ?? element.textContent?.trim(),
      grid: element.closest('[role="grid"]')?.querySelector('b')?.textContent,
      cell: element.closest('[role="gridcell"]')?.getAttribute('aria-label'),
      ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
      inSight: seen !== null && (element.contains(seen) || seen.contains(element)),
      place: element.id || element.tagName,
    };
  });

test('each cell is named by matrix, row, column and value, all digits where the shown ones are fewer', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book&step=20`);
  const names = await page.getByRole('gridcell').evaluateAll((cells) =>
    cells.map((cell) => ({
      name: cell.getAttribute('aria-label'),
      ref: cell.querySelector('[data-ref]')?.getAttribute('data-ref') ?? '',
      value: cell.querySelector('[data-ref]')?.getAttribute('data-value') ?? '',
    })),
  );
  assert.equal(names.length, 2 * (2 * 2 + 2 * 3 + 3 + 2 * 3));
  for (const { name, ref, value } of names) {
    const [tensor, ...indices] = ref.split(/[[\]]+/).filter(Boolean);
    const where = indices.length === 2 ? `row ${indices[0]}, column ${indices[1]}` : `element ${indices[0]}`;
    assert.ok(name?.startsWith(`${tensor}, ${where}: `), `${ref}: ${name}`);
    assert.ok(name?.replace('−', '-').includes(value), `${ref}: ${name} and ${value}`);
  }
  assert.deepEqual(await page.getByRole('grid').evaluateAll((grids) => grids.map((grid) => grid.querySelector('b')?.textContent)), ['W', 'b', 'X', 'Y']);
  await page.close();
});

test('a matrix is one stop of Tab; Shift with the arrow keys goes through it, and the arrow keys alone still step', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  const grids = [];
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const { grid } = await focused(page);
    if (grid) grids.push(grid);
  }
  assert.deepEqual(grids, ['W', 'b', 'X', 'Y']);

  await page.focus('input[data-ref="W[0][0]"]');
  const cell = async () => (await focused(page)).cell;
  for (const [key, name] of [
    ['ArrowRight', 'W, row 0, column 1: −0.5'],
    ['ArrowDown', 'dW, row 0, column 1: not computed yet'],
    ['ArrowDown', 'W, row 1, column 1: +0.3'],
    ['ArrowDown', 'dW, row 1, column 1: not computed yet'],
    ['ArrowDown', 'dW, row 1, column 1: not computed yet'],
    ['ArrowLeft', 'dW, row 1, column 0: not computed yet'],
    ['ArrowLeft', 'dW, row 1, column 0: not computed yet'],
    ['ArrowUp', 'W, row 1, column 0: +0.4'],
  ]) {
    await page.keyboard.press(`Shift+${key}`);
    assert.equal(await cell(), name);
  }
  assert.equal((await look(page)).step, 0);
  await page.keyboard.press('ArrowRight');
  assert.equal((await look(page)).step, 1);
  // Tab comes back to where it was.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await cell(), 'W, row 1, column 0: +0.4');
  await page.keyboard.type('7');
  await page.keyboard.press('Enter');
  assert.equal(await cell(), 'W, row 1, column 0: +7');
  await page.close();
});

for (const scene of Object.keys(scenes)) {
  test(`${scene}: Tab goes through the page and leaves it; wherever the focus is, it shows`, async () => {
    const { page } = await open(browser, `${server.address}?scene=${scene}&step=2`);
    let stops = 0;
    for (; stops < 80; stops++) {
      await page.keyboard.press('Tab');
      const { place, name, ring, inSight } = await focused(page);
      if (place === 'BODY') break;
      assert.ok(name, `stop ${stops} has a name`);
      assert.ok(ring, `${name} has a ring`);
      assert.ok(inSight, `${name} is in sight`);
    }
    assert.ok(stops > 10 && stops < 80, `${stops} stops`);
    await page.close();
  });
}

test('each step is told in one sentence and its result, in a region that is read out', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  const region = page.locator('[aria-live="polite"]');
  assert.equal(await region.count(), 1);
  await page.focus('#stage');
  const told = new Set();
  const { steps } = await look(page);
  for (let step = 1; step <= steps; step++) {
    await page.keyboard.press('ArrowRight');
    told.add(await region.innerText());
  }
  assert.equal(told.size, steps);
  await page.close();
});
