// The training: the same numbers as in Node, time both ways, an update opened number by number, and nothing before a touch.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { load } from 'layerlens';
import { points } from '../../web/training/points.js';
import { byRef, launch, look, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** @param {import('playwright-core').Page} page */
async function settled(page) {
  await page.waitForSelector('#stage[data-ready]');
  return look(page);
}

/** The plane and the curve as they are drawn. @param {import('playwright-core').Page} page */
const drawing = (page) =>
  page.evaluate(() => [...document.querySelectorAll('.training svg')].map((svg) => svg.outerHTML.replace(/<!--.*?-->/g, '')));

/**
 * The same training by the public API alone, in Node: its losses, and the network and batch of one update.
 * @param {string} figure
 * @param {{ seed: number, hidden: number, lr: number }} settings
 * @param {number} update
 */
async function train(figure, { seed, hidden, lr }, update) {
  const ll = await load({ variant: 'simd' });
  const { x, t } = points(ll, figure, seed);
  const net = ll.sequential(ll.affine(2, hidden, { seed, std: 1.5 }), ll.sigmoid(), ll.affine(hidden, 2, { seed: seed + 9999, std: 'xavier' }));
  const judge = ll.softmaxCrossEntropy();
  const losses = [judge.forward(net.forward(x), t)];
  const batchLosses = [];
  /** @type {any} */
  let before;
  const updates = ll.train(net, ll.softmaxCrossEntropy(), ll.adam({ lr }), x, t, { epochs: 100, batchSize: 8, seed });
  for (let i = 1; i <= update; i++) {
    before = net.parameters.map(({ value }) => value.toArray());
    batchLosses.push((await updates.next()).value?.loss);
    if (i < update) losses.push(judge.forward(net.forward(x), t));
  }
  const gradients = net.parameters.map(({ grad }) => /** @type {any} */ (grad.toArray()).flat());
  losses.push(judge.forward(net.forward(x), t));
  return { losses, batchLosses, before, gradients };
}

test('before a touch nothing has been learned; one step is one update, and the losses are those of the library in Node', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=train&preset=moons&variant=simd`);
  const first = await look(page);
  assert.deepEqual([first.step, first.steps, first.data.scene, first.message], [0, 2400, 'train', undefined]);
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.waitForTimeout(300);
  assert.deepEqual(await look(page), first, 'and it stays so');

  await page.locator('summary').click();
  await page.focus('#stage');
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
  const { losses, batchLosses } = await train('moons', { seed: 1, hidden: 6, lr: 0.1 }, 3);
  const values = byRef(await settled(page));
  const at = (/** @type {string} */ ref) => Math.fround(Number(values.get(ref)));
  assert.deepEqual(
    ['loss', 'loss[3]', 'loss[0]', 'batchLoss[3]'].map(at),
    [losses[3], losses[3], losses[0], batchLosses[2]].map((loss) => Math.fround(Number(loss))),
  );
  assert.deepEqual(complaints, []);
  await page.close();
});

test('an update is the same by stepping, stepping back, scrubbing, a link, playing, and after other settings', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=train&preset=spiral`);
  const scrubber = page.locator('.scrubber input');
  await scrubber.fill('99');
  await settled(page);
  await page.focus('#stage');
  await page.keyboard.press('ArrowRight');
  const seen = await settled(page);
  assert.equal(seen.step, 100);
  const drawn = await drawing(page);

  const same = async (/** @type {string} */ way) => {
    assert.deepEqual(await settled(page), seen, way);
    assert.deepEqual(await drawing(page), drawn, way);
  };
  await page.keyboard.press('End');
  assert.equal((await settled(page)).step, 2400);
  await scrubber.fill('101');
  await page.focus('#stage');
  await page.keyboard.press('ArrowLeft');
  await same('stepping back');
  await scrubber.fill('100');
  await same('scrubbing');

  await page.getByLabel('Learning rate').selectOption('0.001');
  const slow = await settled(page);
  assert.equal(slow.step, 100);
  assert.notDeepEqual(await drawing(page), drawn);
  await page.getByLabel('Hidden units').selectOption('16');
  await page.getByLabel('Hidden units').selectOption('6');
  await page.getByLabel('Learning rate').selectOption('0.1');
  await same('other settings and back');

  await page.keyboard.press('Home');
  await page.focus('#stage');
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.waitForFunction(() => Number(document.querySelector('#stage')?.getAttribute('data-step')) >= 40);
  await page.keyboard.press(' ');
  assert.equal((await settled(page)).data.playing, 'false');
  await scrubber.fill('100');
  await same('playing, then scrubbing');

  const linked = await open(browser, `${server.address}?scene=train&preset=spiral&step=100`);
  assert.deepEqual(await settled(linked.page), seen, 'a link');
  assert.deepEqual(await drawing(linked.page), drawn, 'a link');
  assert.deepEqual([complaints, linked.complaints], [[], []]);
  await Promise.all([page.close(), linked.page.close()]);
});

test('a change of settings while training leaves nothing of the old training on the stage', async () => {
  const { page } = await open(browser, `${server.address}?scene=train&preset=xor`);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(() => Number(document.querySelector('#stage')?.getAttribute('data-step')) >= 20);
  await page.getByLabel('Optimiser').selectOption('sgd');
  await page.getByLabel('Seed').fill('7');
  await page.getByLabel('Seed').press('Enter');
  assert.equal((await look(page)).data.playing, 'true', 'it goes on');
  await page.getByRole('button', { name: 'Pause' }).click();
  const seen = await settled(page);
  const drawn = await drawing(page);
  await page.waitForURL(new RegExp(`optimizer=sgd.*step=${seen.step}$`));
  const again = await open(browser, page.url());
  assert.deepEqual(await settled(again.page), seen);
  assert.deepEqual(await drawing(again.page), drawn);
  await page.getByRole('button', { name: 'Reset' }).click();
  assert.equal((await settled(page)).step, 0);
  assert.equal(await page.getByLabel('Optimiser').inputValue(), 'adam');
  await Promise.all([page.close(), again.page.close()]);
});

for (const [hidden, gradients] of /** @type {const} */ ([[6, 'dX dW db'], [16, 'dW db']])) {
  test(`with ${hidden} hidden units, a click on the curve opens that very update: ${gradients} are the network's, to the bit`, async () => {
    const address = `${server.address}?scene=train&preset=circles&seed=3&hidden=${hidden}&step=400&variant=simd`;
    const { page, complaints } = await open(browser, address);
    const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator('.opens').boundingBox());
    await page.mouse.click(box.x + (box.width * 200) / 2400, box.y + box.height / 2);
    await page.waitForSelector('#stage[data-scene="batch"]');
    await page.waitForURL(/update=/);
    const update = Number(new URL(page.url()).searchParams.get('update'));
    assert.ok(Math.abs(update - 200) <= 3, `update ${update}`);
    await page.focus('#stage');
    await page.keyboard.press('End');

    const seen = byRef(await look(page));
    const { before, gradients: [dW, db] } = await train('circles', { seed: 3, hidden, lr: 0.1 }, update);
    const shown = Math.min(hidden, 6);
    const compare = (/** @type {string} */ ref, /** @type {number} */ want) => assert.equal(Math.fround(Number(seen.get(ref))), want, ref);
    for (let j = 0; j < shown; j++) {
      for (const i of [0, 1]) {
        compare(`W[${i}][${j}]`, before[0][i][j]);
        compare(`dW[${i}][${j}]`, dW[i * hidden + j]);
      }
      compare(`b[${j}]`, before[1][j]);
      compare(`db[${j}]`, db[j]);
    }
    assert.ok(seen.has('dX[7][1]') && !seen.has(`W[0][${shown}]`));

    // An edited number is the reader's; Reset brings the update's back; and there is a way to the training, by link and by Back.
    const field = page.locator('input[data-ref="X[0][0]"]');
    await field.click();
    await page.keyboard.type('9');
    await page.keyboard.press('Enter');
    assert.equal(byRef(await look(page)).get('X[0][0]'), '9');
    await page.waitForURL(/#/);
    const again = await open(browser, page.url());
    assert.deepEqual((await look(again.page)).numbers, (await look(page)).numbers);
    await again.page.close();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.waitForFunction(() => /** @type {HTMLElement} */ (document.querySelector('input[data-ref="X[0][0]"]')).dataset.value !== '9');
    assert.deepEqual(byRef(await look(page)), seen);
    await page.waitForURL((url) => url.hash === '');
    await page.goBack();
    assert.equal((await settled(page)).step, 400);
    await page.goForward();
    await page.waitForSelector('#stage[data-scene="batch"]');
    assert.deepEqual(byRef(await look(page)), seen);
    await page.getByRole('link', { name: 'Back to the training' }).click();
    const back = await settled(page);
    assert.deepEqual([back.data.scene, back.step], ['train', update]);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('odd settings in a link are left out, and the page says so', async () => {
  for (const odd of ['hidden=7', 'seed=-1', 'seed=x', 'optimizer=toString', 'lr=1e9', 'preset=rose']) {
    const { page, complaints } = await open(browser, `${server.address}?scene=train&${odd}`);
    assert.match((await look(page)).message ?? '', /could not be read/, odd);
    assert.deepEqual(complaints, [], odd);
    await page.close();
  }
  const { page } = await open(browser, `${server.address}?scene=batch&preset=spiral&update=2401`);
  assert.match((await look(page)).message ?? '', /could not be read/);
  await page.close();
});
