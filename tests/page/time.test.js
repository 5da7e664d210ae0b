// A picture depends on the step alone, not on the way that led to it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** @param {import('playwright-core').Page} page @param {string[]} keys */
async function press(page, ...keys) {
  await page.focus('#stage');
  for (const key of keys) await page.keyboard.press(key);
}

/** The stage as an image, without the ring of the focus. @param {import('playwright-core').Page} page */
async function image(page) {
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  return PNG.sync.read(await page.locator('#stage').screenshot({ animations: 'disabled' }));
}

/**
 * Compares two images. Where Chromium repaints only what has changed, smoothed edges came out up to 35 of 255
 * levels apart; what a reader could see, a digit or an outline, differs by 100 and more.
 * @param {PNG} actual
 * @param {PNG} expected
 * @param {string} when
 */
function assertSameImage(actual, expected, when) {
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height], when);
  let largest = 0;
  actual.data.forEach((level, i) => {
    largest = Math.max(largest, Math.abs(level - expected.data[i]));
  });
  assert.ok(largest <= 64, `${when}: pixels differ by ${largest} of 255`);
}

for (const [scene, preset] of [
  ['opened', 'book'],
  ['folded', 'book'],
  ['mistake', 'E&n=4'],
  ['sample', 'book'],
  ['batch', 'book'],
  ['batch', 'iris'],
]) {
  test(`${scene}, ${preset}: stepping back, scrubbing, a link and playing reach the picture of stepping forward`, async () => {
    const { page, complaints } = await open(browser, `${server.address}?scene=${scene}&preset=${preset}`);
    const forward = [await look(page)];
    const { steps } = forward[0];
    const middle = Math.floor(steps / 2);
    const pictured = [0, 1, middle, steps - 1, steps];
    /** @type {Record<number, PNG>} */
    const images = { 0: await image(page) };
    for (let step = 1; step <= steps; step++) {
      await press(page, 'ArrowRight');
      forward.push(await look(page));
      if (pictured.includes(step)) images[step] = await image(page);
    }
    assert.equal(new Set(forward.map((seen) => JSON.stringify(seen))).size, steps + 1, 'each step has a picture of its own');

    for (let step = steps; step >= 0; step--) {
      assert.deepEqual(await look(page), forward[step], `step ${step}, back from the end`);
      if (pictured.includes(step)) assertSameImage(await image(page), images[step], `step ${step}, back from the end`);
      await press(page, 'ArrowLeft');
    }

    const scrubber = page.locator('.scrubber input');
    for (const step of [steps, 1, steps - 1, middle, 0]) {
      await scrubber.fill(String(step));
      assert.deepEqual(await look(page), forward[step], `step ${step}, by the scrubber`);
      assertSameImage(await image(page), images[step], `step ${step}, by the scrubber`);
    }

    for (const step of [0, 1, middle, steps]) {
      const linked = await open(browser, `${server.address}?scene=${scene}&preset=${preset}&step=${step}`);
      assert.deepEqual(await look(linked.page), forward[step], `step ${step}, by a link`);
      assertSameImage(await image(linked.page), images[step], `step ${step}, by a link`);
      assert.deepEqual(linked.complaints, []);
      await linked.page.close();
    }

    await page.getByLabel('Speed').selectOption('4');
    await press(page, ' ');
    await page.waitForFunction(() => Number(document.querySelector('#stage')?.getAttribute('data-step')) >= 3);
    await press(page, ' ');
    const paused = await look(page);
    assert.equal(paused.data.playing, 'false');
    assert.deepEqual(paused, forward[paused.step], 'paused while playing');
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('playing goes on by itself to the last step and stops there; playing again starts anew', async () => {
  const { page } = await open(browser, `${server.address}?scene=opened&preset=book`);
  await page.getByLabel('Speed').selectOption('4');
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(() => {
    const stage = /** @type {HTMLElement} */ (document.querySelector('#stage'));
    return stage.dataset.step === stage.dataset.steps && stage.dataset.playing === 'false';
  });
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(() => /** @type {HTMLElement} */ (document.querySelector('#stage')).dataset.step === '1');
  await page.close();
});

test('nothing moves before the reader does anything, and with reduced motion nothing travels', async () => {
  const { page } = await open(browser, server.address, { reducedMotion: 'no-preference' });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await press(page, 'ArrowRight', 'ArrowRight');
  assert.ok((await page.evaluate(() => document.getAnimations().length)) > 0, 'a step forward is shown as a movement');
  await press(page, 'ArrowLeft');
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0, 'a step back is not');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await press(page, 'ArrowRight');
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.close();
});
