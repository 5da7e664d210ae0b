// A link holds all that is on the stage. links.full.test.js opens many of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pack, unpack } from '../../web/codec.js';
import { fromLink, toLink } from '../../web/state.js';
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

const split = (/** @type {string} */ link) => new URL(link, 'http://localhost/');

test('numbers are packed to the bit, the smallest, the largest and −0 among them', () => {
  const edges = [0, -0, 1, -1, 0.5, -0.1, 1e-45, -3.4028234663852886e38, 1e21, 1e-7, 1 / 3].map(Math.fround);
  assert.deepEqual(unpack(pack(edges)), edges);
  const random = generator();
  for (let round = 0; round < 100; round++) {
    const bits = Uint32Array.from({ length: 140 }, () => random() * 2 ** 32);
    const numbers = Array.from(new Float32Array(bits.buffer)).filter(Number.isFinite);
    assert.deepEqual(unpack(pack(numbers)), numbers, `SEED=${seed}`);
    assert.ok(pack(numbers).length < 1700);
  }
});

test('a change of any sign of the packed numbers is noticed', () => {
  const packed = pack([0.5, -1.25, 3, 1e-3]);
  for (let at = 0; at < packed.length; at++) {
    for (const sign of 'A9-_.%') {
      const changed = packed.slice(0, at) + sign + packed.slice(at + 1);
      // The last sign holds bits that no byte has.
      if (changed !== packed && at < packed.length - 1) assert.equal(unpack(changed), undefined, changed);
    }
    assert.equal(unpack(packed.slice(0, at)), undefined);
  }
  assert.equal(unpack(packed.replace('1.', '2.')), undefined, 'another version');
});

test('500 links are read as they were written, in at most 2,000 characters; what is broken in 500 others is left out', () => {
  const random = generator();
  for (let i = 0; i < 500; i++) {
    const link = randomLink(random);
    assert.ok(link.length <= 1900, `${link.length} characters, below an address of 100`);
    const { state, broken } = fromLink(split(link).search, split(link).hash);
    assert.equal(broken, false, link);
    assert.equal(toLink(state), link);
    const damaged = split(damage(link, random));
    const { state: rest } = fromLink(damaged.search, damaged.hash);
    const numbers = Object.values(rest.inputs).flat(2);
    assert.ok(numbers.length > 0 && numbers.every(Number.isFinite), `${damaged} (SEED=${seed})`);
  }
});

test('a link never starts playing, whatever it says, and Back returns through scenes to the very numbers', async () => {
  const random = generator();
  const { page, complaints } = await open(browser, `${server.address}${randomLink(random)}&playing=true`.replace(/#(.*)&playing=true/, '&playing=true#$1'));
  await page.waitForTimeout(1200); // longer than a step
  const first = await look(page);
  assert.equal(first.data.playing, 'false');
  await page.focus('#stage');
  await page.keyboard.press(first.data.scene === 'sample' ? '1' : '3');
  await page.focus('#stage');
  await page.keyboard.press('4');
  await page.goBack();
  await page.goBack();
  assert.deepEqual(await look(page), first);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the button copies the link, and says so; without a clipboard it says where the link is', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = await open(context, `${server.address}?scene=sample&preset=book`);
  await page.locator('.scrubber input').fill('3');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  assert.equal(await page.locator('[role="status"]').textContent(), 'Link copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, `${server.address}?scene=sample&preset=book&step=3`);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.locator('.scrubber input').fill('4');
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.locator('.message').waitFor();
  assert.match((await look(page)).message ?? '', /address of this page/);
  await context.close();
});
