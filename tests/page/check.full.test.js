// A hundred clean seeds give no false alarm.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generator, seed } from '../random.js';
import { launch, open, serve } from './browser.js';
import { checkOf } from './check.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

test(`100 random seeds, SEED=${seed}: every gradient is right`, async () => {
  const random = generator();
  const upTo = (/** @type {number} */ most) => 1 + Math.floor(random() * most);
  const { page } = await open(browser, `${server.address}?scene=batch&preset=random&step=999`);
  await page.getByRole('button', { name: 'Gradient check' }).click();
  for (let i = 0; i < 100; i++) {
    await page.getByLabel('in: inputs').selectOption(String(upTo(6)));
    await page.getByLabel('out: outputs').selectOption(String(upTo(6)));
    await page.getByLabel('N: samples').selectOption(String(upTo(8)));
    const number = upTo(9999);
    await page.getByLabel('Seed').fill(String(number));
    await page.getByLabel('Seed').press('Enter');
    await page.focus('#stage');
    await page.keyboard.press('End');
    const { lines } = await checkOf(page);
    assert.ok(lines.length >= 3);
    assert.deepEqual(lines.filter(({ verdict }) => verdict !== 'right'), [], `seed ${number}`);
  }
  await page.close();
});
