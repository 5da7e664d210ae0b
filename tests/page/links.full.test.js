// 50 links into a fresh context and the other language, and 200 damaged ones. Minutes: `make test-page-full`.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generator, seed } from '../random.js';
import { launch, look, open, serve } from './browser.js';
import { damage, randomLink } from './random-links.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

test('50 links, opened in a fresh context and in the other language, show the same', async () => {
  const random = generator();
  for (let i = 0; i < 50; i++) {
    const link = randomLink(random);
    const where = `${link} (SEED=${seed})`;
    const { page, complaints } = await open(browser, server.address + link);
    const seen = await look(page);
    assert.equal(seen.message, undefined, where);
    await page.locator('.scrubber input').fill(String(Math.floor(random() * (seen.steps + 1))));
    const moved = await look(page);
    await page.waitForURL((url) => url.searchParams.get('step') === String(moved.step));
    assert.ok(page.url().length <= 2000, where);

    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    const again = await open(context, page.url());
    assert.deepEqual(await look(again.page), moved, where);
    await again.page.locator('a.language').click();
    await again.page.waitForSelector('#stage[data-lang="zh"][data-ready]');
    const chinese = await look(again.page);
    const told = ({ ref, value, lit }) => ({ ref, value, lit });
    assert.deepEqual(chinese.numbers.map(told), moved.numbers.map(told), where);
    assert.equal(chinese.step, moved.step, where);
    assert.deepEqual([...complaints, ...again.complaints], [], where);
    await Promise.all([page.close(), context.close()]);
  }
});

test('200 damaged links open a stage that works, with a message where something was left out', async () => {
  const random = generator();
  const { page, complaints } = await open(browser, server.address);
  let told = 0;
  for (let i = 0; i < 200; i++) {
    const link = damage(randomLink(random), random);
    const where = `${link} (SEED=${seed})`;
    await page.goto('about:blank');
    await page.goto(server.address + link);
    await page.waitForSelector('#stage[data-ready]');
    const { message, numbers, data } = await look(page);
    if (message !== undefined) told++;
    assert.ok(message === undefined || /could not be read/.test(message), where);
    assert.ok(numbers.length > 0, where);
    assert.equal(data.playing, 'false', where);
    assert.deepEqual(complaints, [], where);
  }
  assert.ok(told > 100, `${told} of 200 were told to be broken`);
  await page.close();
});
