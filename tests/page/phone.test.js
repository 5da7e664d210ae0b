// On a phone the stage is above, the bar stays below, and a finger hits what it aims at. Enlarged, nothing is lost sideways.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scenes } from '../../web/scenes.js';
import { byRef, launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Where an element stands on the screen. @param {import('playwright-core').Page} page @param {string} selector */
async function box(page, selector) {
  const found = await page.locator(selector).first().boundingBox();
  assert.ok(found, selector);
  return { ...found, right: found.x + found.width, bottom: found.y + found.height };
}

for (const scene of Object.keys(scenes)) {
  for (const lang of ['', 'zh/']) {
    test(`${lang}${scene} on a phone: stage above in at most 55 % of the height, prose below it, the bar at the foot`, async () => {
      const { page, complaints } = await open(browser, `${server.address}${lang}?scene=${scene}&step=4`, phone);
      const [stage, prose, foot] = [await box(page, '#stage'), await box(page, 'article'), await box(page, '.foot')];
      assert.ok(stage.y + stage.height <= prose.y, 'prose below');
      assert.ok(stage.height <= 0.55 * 844 + 1, `the stage is ${stage.height} px high`);
      assert.ok(stage.y < 100 && stage.bottom < foot.y, 'all of the stage in sight');
      assert.equal(Math.round(foot.bottom), 844);

      // At the page's end the prose has passed the bar.
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      assert.equal(Math.round((await box(page, '.foot')).bottom), 844);
      assert.ok((await box(page, 'article > :last-child')).bottom <= foot.y + 1, 'the last line of the prose');

      for (const link of await page.locator('nav a').all()) {
        const { x, width } = /** @type {{ x: number, width: number }} */ (await link.boundingBox());
        assert.ok(x >= 0 && x + width <= 390, `${await link.textContent()} is cut off`);
      }
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('a, button, input, select, summary')]
          .map((element) => ({ element, box: element.getBoundingClientRect() }))
          .filter(({ element, box }) => !element.matches('.skip, p a') && box.width > 0 && Math.min(box.width, box.height) < 24)
          .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${box.width} × ${box.height}`),
      );
      assert.deepEqual(small, [], 'targets below 24 px');
      const narrow = await page.evaluate(() =>
        [...document.querySelectorAll('.transport button')].filter((button) => {
          const { width, height } = button.getBoundingClientRect();
          return Math.min(width, height) < 44;
        }).length,
      );
      assert.equal(narrow, 0, 'buttons of the transport below 44 px');
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }
}

test('the batch is walked through by taps: a number typed, steps taken, the last one shown with the cell in sight', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`, phone);
  await page.locator('input[data-ref="W[0][0]"]').tap();
  await page.keyboard.type('2');
  await page.locator('h2').tap();
  assert.equal(byRef(await look(page)).get('W[0][0]'), '2');
  const forward = page.getByRole('button', { name: 'One step forward' });
  for (const _ of [1, 2, 3]) await forward.tap();
  assert.equal((await look(page)).step, 3);
  for (let step = 4; step <= 20; step++) {
    await forward.tap();
    const [cell, stage] = [await box(page, '.board .number.written'), await box(page, '#stage')];
    assert.ok(cell.y >= stage.y && cell.bottom <= stage.bottom + 1 && cell.x >= stage.x && cell.right <= stage.right + 1, `step ${step}`);
  }
  await page.close();
});

// 1280 × 1024 enlarged four times, and a phone on its side.
for (const [width, height] of [[320, 256], [844, 390]]) {
  for (const scene of Object.keys(scenes)) {
    test(`${scene} at ${width} × ${height}: the page scrolls downward only, and the bar does not cover what it belongs to`, async () => {
      const { page } = await open(browser, `${server.address}?scene=${scene}`, { viewport: { width, height } });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0);
      const covered = await page.evaluate(() => {
        const foot = /** @type {HTMLElement} */ (document.querySelector('.foot'));
        return ['fixed', 'sticky'].includes(getComputedStyle(foot).position) ? foot.getBoundingClientRect().height / innerHeight : 0;
      });
      assert.ok(covered < 0.5, `the bar covers ${Math.round(100 * covered)} % of the screen`);
      await page.close();
    });
  }
}
