// On paper there are both passes of a scene, with every number, and the link to it.

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

/** A4 between Chromium's margins, in CSS px. */
const paper = { width: 718, height: 1040 };

for (const [scene, lang] of Object.keys(scenes).flatMap((name) => [[name, ''], [name, 'zh/']])) {
  test(`${lang}${scene}: two still frames that fit on the paper, with all numbers, and the link`, async () => {
    const { page, complaints } = await open(browser, `${server.address}${lang}?scene=${scene}&step=3`, { viewport: paper });
    await page.focus('#stage');
    await page.keyboard.press('End');
    await page.waitForSelector('#stage[data-ready]');
    const all = byRef(await look(page));
    await page.locator('.scrubber input').fill('3');
    await page.waitForSelector('#stage[data-ready]');
    await page.emulateMedia({ media: 'print' });
    await page.waitForSelector('.paper');

    const frames = await page.locator('.paper .board').evaluateAll((boards) =>
      boards.map((board) => ({
        numbers: [...board.querySelectorAll('[data-ref]')].map((element) => [element.getAttribute('data-ref'), element.getAttribute('data-value')]),
        cut: board.scrollWidth > board.clientWidth,
        right: Math.max(...[...board.querySelectorAll('[data-ref]')].map((element) => element.getBoundingClientRect().right)),
      })),
    );
    for (const { cut, right } of frames) assert.ok(!cut && right <= paper.width, `up to ${right} px`);
    if (scene === 'train') {
      assert.equal(frames.length, 1);
      assert.deepEqual(frames[0].numbers.map(([ref]) => ref), ['loss[0]', 'loss[3]', 'batchLoss[3]']);
    } else {
      assert.equal(frames.length, 2);
      const last = new Map(/** @type {[string, string][]} */ (frames[1].numbers));
      for (const [ref, value] of all) if (!/\.(sum|local)/.test(ref)) assert.equal(last.get(ref), value, ref);
      assert.ok(frames[0].numbers.length < frames[1].numbers.length);
    }
    const text = await page.locator('.paper > p').innerText();
    assert.match(text, new RegExp(`^http://127.*scene=${scene}.*step=3$`));
    assert.ok(!(await page.locator('.foot').isVisible()));
    await page.emulateMedia({ media: 'screen' });
    await page.waitForSelector('.paper', { state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.close();
  });
}
