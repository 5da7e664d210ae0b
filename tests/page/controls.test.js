// What a reader can do: choose, type, paste, press keys, follow links, change the language.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { load } from 'layerlens';
import { byRef, launch, look, open, paste, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** @param {import('playwright-core').Page} page @param {string} ref @param {string} text */
async function type(page, ref, text) {
  await page.locator(`input[data-ref="${ref}"]`).click();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

test('the bare address opens four iris flowers on their way through Affine and Sigmoid, computed by WebAssembly', async () => {
  const { page, complaints } = await open(browser, server.address);
  const seen = await look(page);
  assert.equal(seen.data.scene, 'batch');
  assert.match(seen.data.backend ?? '', /^(relaxed|simd)$/);
  const values = byRef(seen);
  assert.deepEqual(['X[0][0]', 'X[0][1]', 'X[0][2]', 'X[0][3]', 'X[3][0]'].map((ref) => values.get(ref)), ['5.1', '3.5', '1.4', '0.2', '4.9']);
  await page.focus('#stage');
  await page.keyboard.press('End');
  const last = byRef(await look(page));
  for (const tensor of ['Y[3][2]', 'out[3][2]', 'dY[3][2]', 'dX[3][3]', 'dW[3][2]', 'db[2]']) assert.ok(last.has(tensor), tensor);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('an edited number changes what depends on it at once, and nothing else', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book&variant=simd`);
  await page.focus('#stage');
  await page.keyboard.press('End');
  const before = byRef(await look(page));
  await type(page, 'X[1][0]', '1/3');
  const seen = await look(page);
  const after = byRef(seen);
  assert.equal(seen.step, seen.steps, 'the step stays');
  assert.equal(Math.fround(Number(after.get('X[1][0]'))), Math.fround(1 / 3));

  const ll = await load({ variant: 'simd' });
  const affine = ll.affine([[0.2, -0.5, 0.1], [0.4, 0.3, -0.6]], [0.1, 0.2, 0.3]);
  const [, row] = /** @type {number[][]} */ (affine.forward([[0.5, 1], [1 / 3, -1]]).toArray());
  row.forEach((value, j) => assert.equal(Math.fround(Number(after.get(`Y[1][${j}]`))), value));

  const changed = [...after.keys()].filter((ref) => after.get(ref) !== before.get(ref) && !ref.includes('.sum'));
  assert.deepEqual(changed.sort(), ['X[1][0]', 'Y[1][0]', 'Y[1][1]', 'Y[1][2]', 'dW[0][0]', 'dW[0][1]', 'dW[0][2]'].sort());
  await page.getByRole('button', { name: 'Reset' }).click();
  assert.deepEqual(byRef(await look(page)), before);
  await page.close();
});

for (const [text, complaint] of [
  ['abc', /“abc” is not a number/],
  ['', /“” is not a number/],
  ['1/0', /is not a number/],
  ['1e39', /1e39 is too large/],
  ['NaN', /is not a number/],
]) {
  test(`“${text}” is refused with a reason, and the old picture stays`, async () => {
    const { page, complaints } = await open(browser, `${server.address}?scene=sample&preset=book&step=9`);
    const before = await look(page);
    const field = page.locator('input[data-ref="W[1][2]"]');
    await field.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.type(/** @type {string} */ (text));
    await page.keyboard.press('Enter');
    const refused = await look(page);
    assert.match(refused.message ?? '', /** @type {RegExp} */ (complaint));
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.deepEqual(byRef(refused), byRef(before));
    await page.keyboard.press('Escape');
    const { message, ...restored } = await look(page);
    assert.equal(message, undefined);
    assert.deepEqual(restored, (({ message: _, ...rest }) => rest)(before));
    // Leaving the field with a bad text keeps the old number too.
    await field.click();
    await page.keyboard.type('1,2,');
    await page.locator('h2').click();
    assert.deepEqual(byRef(await look(page)), byRef(before));
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('a number is typed over, accepted with Enter or by leaving the field, dropped with Escape, moved by ↑ and ↓', async () => {
  const { page } = await open(browser, `${server.address}?scene=opened&preset=book`);
  const x = async () => byRef(await look(page)).get('x');
  const field = page.locator('input[data-ref="x"]');
  await type(page, 'x', '-2.5e-1');
  assert.equal(await x(), '-0.25');
  await field.click();
  await page.keyboard.type('7');
  await page.keyboard.press('Escape');
  assert.equal(await x(), '-0.25');
  assert.equal(await field.inputValue(), '−0.25');
  await field.click();
  await page.keyboard.type('3');
  await page.locator('h2').click();
  assert.equal(await x(), '3');
  await field.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  assert.equal(await x(), '3.2');
  // Typing on a field that only has the focus opens it.
  await page.keyboard.type('8');
  await page.keyboard.press('Enter');
  assert.equal(await x(), '8');
  await page.close();
});

test('a pasted NumPy list fills the tensor', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  await paste(page, 'W[0][0]', 'array([[1., 2., 3.],\n       [4., 5., -6.]])');
  const values = byRef(await look(page));
  assert.deepEqual(['W[0][0]', 'W[0][2]', 'W[1][2]'].map((ref) => values.get(ref)), ['1', '3', '-6']);
  await page.close();
});

test('→ and ← step wherever the focus is on the stage; Home, End, space and the scene keys work', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  const step = async () => (await look(page)).step;
  for (const selector of ['#stage', 'input[data-ref="X[0][0]"]', '.scrubber input', '.icon:not(:disabled)', '.tools select']) {
    await page.focus('#stage');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.focus(selector);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await step(), 3, `→ on ${selector}`);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await step(), 2, `← on ${selector}`);
  }
  await page.focus('#stage');
  await page.keyboard.press('End');
  const { steps } = await look(page);
  assert.equal(await step(), steps);
  for (const [key, scene] of [['1', 'opened'], ['2', 'folded'], ['3', 'sample'], ['6', 'mistake'], ['4', 'batch']]) {
    await page.keyboard.press(key);
    assert.equal((await look(page)).data.scene, scene);
    await page.focus('#stage');
  }
  await page.keyboard.press(' ');
  assert.equal((await look(page)).data.playing, 'true');
  await page.keyboard.press(' ');
  assert.equal((await look(page)).data.playing, 'false');
  await page.close();
});

test('the batch grows and shrinks from 1 to 8 samples and keeps what was typed', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=iris`);
  await type(page, 'X[0][0]', '9');
  for (const n of [8, 1, 3]) {
    await page.getByLabel('N: samples in the batch').selectOption(String(n));
    await page.focus('#stage');
    await page.keyboard.press('End');
    const values = byRef(await look(page));
    assert.equal(values.get('X[0][0]'), '9');
    assert.ok(values.has(`dX[${n - 1}][3]`) && !values.has(`dX[${n}][3]`));
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test('inputs and outputs go from 1 to 6 with any preset but the measured one, keep what was typed, and the link holds them', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=book`);
  await type(page, 'W[1][0]', '9');
  for (const [inputs, outputs] of [[6, 1], [4, 4], [1, 6]]) {
    await page.getByLabel('in: inputs of each sample').selectOption(String(inputs));
    await page.getByLabel('out: outputs of each sample').selectOption(String(outputs));
    await page.focus('#stage');
    await page.keyboard.press('End');
    const values = byRef(await look(page));
    const shapes = { dX: [2, inputs], dW: [inputs, outputs], dY: [2, outputs] };
    for (const [name, [rows, columns]] of Object.entries(shapes)) {
      const [inside, below, beside] = [[rows - 1, columns - 1], [rows, 0], [0, columns]].map(([i, j]) => values.has(`${name}[${i}][${j}]`));
      assert.deepEqual([inside, below, beside], [true, false, false], `${name} with ${inputs} inputs and ${outputs} outputs`);
    }
    if (inputs > 1) assert.equal(values.get('W[1][0]'), '9');
  }
  const seen = await look(page);
  await page.waitForURL(/in=1&out=6.*step=\d{2}/);
  const again = await open(browser, page.url());
  assert.deepEqual(await look(again.page), seen);
  await page.getByLabel('Numbers').selectOption('iris');
  assert.equal(await page.getByLabel('in: inputs of each sample').count(), 0, 'four measurements are four inputs');
  assert.deepEqual(complaints, []);
  await Promise.all([page.close(), again.page.close()]);
});

test('random numbers follow from the seed that is shown; Reset returns to them, a seed that is none changes nothing', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=random&seed=3&n=4`);
  const seed = page.getByLabel('Seed');
  const numbers = async () => byRef(await look(page));
  const third = await numbers();
  assert.equal(await seed.inputValue(), '3');
  await seed.fill('4');
  await seed.press('Enter');
  const fourth = await numbers();
  assert.notDeepEqual(fourth, third);
  await type(page, 'X[0][0]', '99');
  await page.getByRole('button', { name: 'Reset' }).click();
  assert.deepEqual(await numbers(), fourth);
  for (const text of ['0', '10000', '1.5', '']) {
    await seed.fill(text);
    await seed.press('Enter');
    assert.equal(await seed.inputValue(), '4');
    assert.deepEqual(await numbers(), fourth, `“${text}”`);
  }
  await seed.fill('3');
  await seed.press('Enter');
  assert.deepEqual(await numbers(), third, 'the same seed, the same numbers');
  await page.close();
});

test('the address holds scene, step and edited numbers: opened elsewhere, and in Chinese, it shows the same', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=book`);
  await type(page, 'dY[1][2]', '-0.1');
  await page.focus('#stage');
  await page.keyboard.press('End');
  const seen = await look(page);
  await page.waitForURL(/step=20/);
  const again = await open(browser, page.url());
  assert.deepEqual(await look(again.page), seen);

  await again.page.getByRole('link', { name: '中文' }).click();
  await again.page.waitForSelector('#stage[data-lang="zh"]');
  const chinese = await look(again.page);
  assert.deepEqual(chinese.numbers, seen.numbers);
  assert.equal(chinese.step, seen.step);
  assert.match(chinese.narration ?? '', /第 0 轴/);
  assert.equal(await again.page.evaluate(() => document.documentElement.lang), 'zh-CN');
  assert.deepEqual(again.complaints, []);

  await page.getByRole('link', { name: 'Sigmoid, opened' }).click();
  assert.equal((await look(page)).data.scene, 'opened');
  await page.goBack();
  assert.deepEqual(await look(page), seen, 'Back returns to the edited batch');
  await Promise.all([page.close(), again.page.close()]);
});

test('a broken link says so and opens what can be read', async () => {
  for (const address of ['?scene=nowhere', '?scene=batch&n=9', '?scene=batch&in=7', '?scene=sample&out=0', '?scene=batch&preset=iris&in=2', '?scene=batch&preset=random&seed=-1', '?scene=batch&step=-1', '?scene=batch&step=x', '?scene=sample#1.AAAA', '?scene=sample#1.%%', '?scene=batch&preset=rose', '?scene=opened#2.AACAPwAAgD8', '?scene=opened#1.AADAfwAAwH8']) {
    const { page, complaints } = await open(browser, server.address + address);
    const seen = await look(page);
    assert.match(seen.message ?? '', /could not be read/, address);
    assert.ok(seen.numbers.length > 0, address);
    assert.deepEqual(complaints, [], address);
    await page.getByRole('button', { name: 'Close this message' }).click();
    assert.equal((await look(page)).message, undefined);
    await page.close();
  }
  const { page } = await open(browser, `${server.address}?scene=opened&step=999`);
  const seen = await look(page);
  assert.equal(seen.step, seen.steps, 'a step beyond the last is the last');
  await page.close();
});
