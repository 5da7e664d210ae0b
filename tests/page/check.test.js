// The gradient check is honest: right gradients pass, a wrong one is found where it is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generator } from '../random.js';
import { checkOf } from './check.js';
import { launch, look, open, serve } from './browser.js';
import { randomAddress } from './states.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

test('each gradient has its line: the kernel’s number, float64’s, a central difference, the error and the verdict', async () => {
  const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=book&n=2`);
  await page.focus('#stage');
  await page.keyboard.press('g');
  assert.match(await page.locator('.check').innerText(), /no gradient has been computed yet/);
  await page.keyboard.press('End');
  const { lines, summary, marks } = await checkOf(page);
  assert.deepEqual(lines.map(({ ref }) => ref), [
    ...['dX[0][0]', 'dX[0][1]', 'dX[1][0]', 'dX[1][1]'],
    ...['dW[0][0]', 'dW[0][1]', 'dW[0][2]', 'dW[1][0]', 'dW[1][1]', 'dW[1][2]'],
    ...['db[0]', 'db[1]', 'db[2]'],
  ]);
  assert.deepEqual(lines[lines.length - 1], { ref: 'db[2]', cells: ['+9', '+9', '+9', '0', '✓'], verdict: 'right' });
  assert.match(summary, /all 13 gradients are right/);
  assert.deepEqual(marks, Object.fromEntries(lines.map(({ ref }) => [ref, '✓'])));
  await page.getByRole('button', { name: 'Gradient check' }).click();
  assert.equal(await page.locator('.check, .mark').count(), 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the gradients along the edges of a graph are checked too', async () => {
  const { page } = await open(browser, `${server.address}zh/?scene=folded&preset=book&step=10`);
  await page.getByRole('button', { name: '梯度确认' }).click();
  const { lines, summary } = await checkOf(page);
  assert.deepEqual(lines.map(({ ref }) => ref), ['dadd.out', 'dexp.out', 'dneg.out', 'opened.dx', 'dx']);
  assert.match(summary, /5 个梯度全部正确/);
  await page.close();
});

const random = generator();
const choose = (/** @type {number} */ choices) => Math.floor(random() * choices);
for (let i = 0; i < 8; i++) {
  const address = `${randomAddress(choose, ['opened', 'folded', 'sample', 'batch'], ['random', 'book', 'iris'])}&step=999`;
  test(`${address}: no false alarm`, async () => {
    const { page } = await open(browser, server.address + address);
    await page.getByRole('button', { name: 'Gradient check' }).click();
    const { lines } = await checkOf(page);
    assert.ok(lines.length > 0);
    assert.deepEqual(lines.filter(({ verdict }) => verdict !== 'right'), []);
    await page.close();
  });
}

test('where float32 has lost a gradient, the check says so: at x = 20 the folded node, not the opened route', async () => {
  const { page } = await open(browser, `${server.address}?scene=folded&preset=saturated&step=10`);
  await page.getByRole('button', { name: 'Gradient check' }).click();
  const { lines } = await checkOf(page);
  assert.deepEqual(lines.filter(({ verdict }) => verdict === 'wrong').map(({ ref }) => ref), ['dx']);
  await page.close();
});

// The order of affine_backward's arguments, as layerlens.h has it: dx, dw and db come first.
for (const [argument, tensor, size] of /** @type {const} */ ([[0, 'dX', 3], [1, 'dW', 4], [2, 'db', undefined]])) {
  test(`a value of ${tensor} that is patched in wasm memory is found at its cell, and nowhere else`, async () => {
    const at = choose(3);
    const page = await browser.newPage();
    await page.addInitScript(
      ({ argument, at }) => {
        const { instantiate } = WebAssembly;
        const patched = (/** @type {any} */ { exports }) => ({
          exports: {
            ...exports,
            affine_backward: (/** @type {number[]} */ ...pointers) => {
              exports.affine_backward(...pointers);
              new Float32Array(exports.memory.buffer)[pointers[argument] / 4 + at] += 0.01;
            },
          },
        });
        /** @type {any} */ (WebAssembly).instantiate = async (/** @type {any} */ ...args) => {
          const result = await Reflect.apply(instantiate, WebAssembly, args);
          return result.instance ? { ...result, instance: patched(result.instance) } : patched(result);
        };
      },
      { argument, at },
    );
    await page.goto(`${server.address}?scene=batch&preset=random&seed=5&n=3&in=3&out=4&step=999`);
    await page.waitForSelector('#stage[data-ready]');
    await page.getByRole('button', { name: 'Gradient check' }).click();
    const { lines, marks, summary } = await checkOf(page);
    const cell = size === undefined ? `${tensor}[${at}]` : `${tensor}[${Math.floor(at / size)}][${at % size}]`;
    assert.deepEqual(lines.filter(({ verdict }) => verdict === 'wrong').map(({ ref }) => ref), [cell]);
    assert.equal(marks[cell], '✗');
    assert.match(summary, /1 of 25 gradients is not/);
    assert.equal((await look(page)).message, undefined);
    await page.close();
  });
}
