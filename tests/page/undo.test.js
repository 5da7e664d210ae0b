// What a reader has changed can be taken back, exactly, and made again.

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

test('numbers typed and moved, batch size, preset, reset and scene are undone in turn, exactly, and redone', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=book&step=7`);
  const type = async (/** @type {string} */ ref, /** @type {string} */ text) => {
    await page.locator(`input[data-ref="${ref}"]`).click();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  const tools = page.locator('.tools select');
  const seen = [await look(page)];
  for (const change of [
    () => type('X[0][1]', '1/3'),
    () => type('X[0][1]', '-2'),
    () => page.locator('input[data-ref="W[0][0]"]').press('ArrowUp'),
    () => tools.nth(1).selectOption('5'),
    () => page.getByRole('button', { name: 'Reset' }).click(),
    () => tools.nth(0).selectOption('iris'),
    () => page.getByRole('link', { name: 'Sigmoid, opened' }).click(),
    () => type('x', '3'),
  ]) {
    await change();
    seen.push(await look(page));
  }
  await page.focus('#stage');
  for (let i = seen.length - 2; i >= 0; i--) {
    await page.keyboard.press('Control+z');
    assert.deepEqual(await look(page), seen[i], `undone to ${i}`);
  }
  await page.keyboard.press('Control+z');
  assert.deepEqual(await look(page), seen[0], 'nothing is left to undo');
  for (let i = 1; i < seen.length; i++) {
    await page.keyboard.press(i % 2 ? 'Control+Shift+Z' : 'Control+y');
    assert.deepEqual(await look(page), seen[i], `redone to ${i}`);
  }
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await look(page), seen[seen.length - 2]);
  await type('x', '4');
  assert.equal(await page.getByRole('button', { name: 'Redo' }).getAttribute('aria-disabled'), 'true', 'a change ends what could be redone');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a slider is one change from where it is taken up to where it is let go; stepping and an unchanged field are none', async () => {
  const { page } = await open(browser, `${server.address}?scene=opened&preset=book&step=8`);
  const start = await look(page);
  await page.locator('.scrubber input').fill('4');
  await page.locator('input[data-ref="x"]').click();
  await page.locator('h2').click();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).getAttribute('aria-disabled'), 'true');
  await page.locator('.scrubber input').fill('8');

  const box = await page.locator('.plot input').boundingBox();
  assert.ok(box);
  for (const [from, to] of [[0.58, 0.8], [0.8, 0.2]]) {
    await page.mouse.move(box.x + from * box.width, box.y + box.height / 2);
    await page.mouse.down();
    for (let i = 1; i <= 5; i++) await page.mouse.move(box.x + (from + ((to - from) * i) / 5) * box.width, box.y + box.height / 2);
    await page.mouse.up();
  }
  await page.focus('#stage');
  await page.keyboard.press('Control+z');
  assert.notDeepEqual(await look(page), start);
  await page.keyboard.press('Control+z');
  assert.deepEqual(await look(page), start);
  await page.close();
});

test('inside an open field Ctrl+Z takes back the text alone', async () => {
  const { page } = await open(browser, `${server.address}?scene=sample&preset=book`);
  const before = await look(page);
  const field = page.locator('input[data-ref="b[0]"]');
  await field.click();
  await page.keyboard.type('7');
  await page.keyboard.press('Control+z');
  assert.equal(await field.inputValue(), '0.1');
  await page.keyboard.press('Escape');
  assert.deepEqual(await look(page), before);
  await page.close();
});
