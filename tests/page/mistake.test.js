// The puzzle: five planted mistakes, predicted by a reader, then revealed; and db as the sum over axis 0.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { byRef, launch, look, open, serve } from './browser.js';
import { checkOf } from './check.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);

/**
 * The gradients in float64, with one mistake or none.
 * @param {Map<string, string>} values
 * @param {number} n
 * @param {string} [mistake]
 */
function gradients(values, n, mistake) {
  const at = (/** @type {string} */ name, /** @type {number} */ i, /** @type {number} */ j) => Number(values.get(`${name}[${i}][${j}]`));
  /** @type {Map<string, number>} */
  const result = new Map();
  const sum = (/** @type {number} */ count, /** @type {(k: number) => number} */ term) => range(count).reduce((total, k) => total + term(k), 0);
  const dY = range(n).map((i) =>
    range(3).map((j) => {
      const Y = sum(3, (k) => at('X', i, k) * at('W', k, j)) + Number(values.get(`b[${j}]`));
      const out = 1 / (1 + Math.exp(-Y));
      return at('dout', i, j) * out * (1 - (mistake === 'slope' ? Y : out));
    }),
  );
  dY.forEach((row, i) => row.forEach((value, j) => result.set(`dY[${i}][${j}]`, value)));
  for (const i of range(n)) {
    for (const k of range(3)) {
      result.set(`dX[${i}][${k}]`, sum(3, (j) => dY[i][j] * (mistake === 'transpose' ? at('W', j, k) : at('W', k, j))));
    }
  }
  for (const k of range(3)) for (const j of range(3)) result.set(`dW[${k}][${j}]`, sum(n, (i) => at('X', i, k) * dY[i][j]));
  const total = sum(n, (i) => sum(3, (j) => dY[i][j]));
  for (const j of range(3)) {
    const right = sum(n, (i) => dY[i][j]);
    const db = { mean: right / n, everything: total, axis1: n === 3 ? sum(3, (k) => dY[j][k]) : NaN }[mistake ?? ''] ?? right;
    result.set(`db[${j}]`, db);
  }
  return result;
}

const puzzles = /** @type {const} */ ([
  ['A', 'everything', 'db = np.sum(dY)', /broadcasting/],
  ['B', 'slope', 'dY = dout * out * (1 - Y)', /first wrong gradient/],
  ['C', 'mean', 'db = np.mean(dY, axis=0)', /3 times too small/],
  ['D', 'transpose', 'dX = np.dot(dY, W)', /W is square/],
  ['E', 'axis1', 'db = np.sum(dY, axis=1)', /fits by chance/],
]);

for (const [puzzle, mistake, line, why] of puzzles) {
  test(`puzzle ${puzzle}: ${line} is planted, found by the check at the right cells, and explained`, async () => {
    const { page, complaints } = await open(browser, `${server.address}?scene=mistake&preset=${puzzle}`);
    const { steps } = await look(page);
    await page.focus('#stage');
    for (let step = 0; step < steps; step++) {
      assert.equal(await page.locator('.lesson, .planted').count(), 0, 'nothing is told before the answer');
      await page.keyboard.press('ArrowRight');
    }
    const values = byRef(await look(page));
    const shown = gradients(values, 3, mistake);
    for (const [ref, value] of shown) assert.equal(Number(values.get(ref)), value, ref);

    // A wrong answer, taken back, and the right one.
    const [, , other] = puzzles[(puzzles.findIndex(([name]) => name === puzzle) + 1) % puzzles.length];
    await page.getByRole('button', { name: other }).click();
    assert.match(await page.locator('.explanation').innerText(), /Not that one/);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.equal(await page.locator('.lesson').count(), 0);
    await page.getByRole('button', { name: line }).click();
    assert.match(await page.locator('.explanation').innerText(), /Found\./);
    assert.match(await page.locator('.explanation').innerText(), why);
    assert.equal(await page.locator('.lesson del').innerText(), line);

    const right = gradients(values, 3);
    const wrong = [...shown].filter(([ref, value]) => value !== right.get(ref)).map(([ref]) => ref);
    assert.ok(wrong.length > 0);
    const { lines, marks } = await checkOf(page);
    assert.deepEqual(lines.filter(({ verdict }) => verdict === 'wrong').map(({ ref }) => ref).sort(), wrong.sort());
    for (const [ref, mark] of Object.entries(marks)) assert.equal(mark, wrong.includes(ref) ? '✗' : '✓', ref);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

for (const n of [1, 2, 5, 8]) {
  test(`with N = ${n}, mean, axis 1 and everything never pass for db`, async () => {
    for (const [puzzle, mistake, line] of puzzles) {
      if (!line.startsWith('db')) continue;
      const { page, complaints } = await open(browser, `${server.address}?scene=mistake&preset=${puzzle}&n=${n}`);
      await page.getByRole('button', { name: line }).click();
      const { lines } = await checkOf(page);
      const ofBias = lines.filter(({ ref }) => ref.startsWith('db'));
      assert.equal(ofBias.length, 3);
      const why = await page.locator('.explanation').innerText();
      if (mistake === 'mean' && n === 1) assert.match(why, /With one sample the mean is the sum/);
      else assert.deepEqual(ofBias.filter(({ verdict }) => verdict === 'right'), [], mistake);
      if (mistake === 'axis1') {
        assert.match(why, new RegExp(`\\(${n},\\) is not \\(3,\\)`));
        assert.match((await look(page)).narration ?? '', /no place to go/);
      }
      assert.deepEqual(complaints, []);
      await page.close();
    }
  });

  test(`with N = ${n}, the ${n} cells of a column light up for db, and each partial sum shows`, async () => {
    const { page } = await open(browser, `${server.address}?scene=batch&preset=random&seed=${n}&n=${n}&step=999`);
    for (const j of [2, 1, 0]) {
      const seen = await look(page);
      const lit = (/** @type {string} */ kind) => seen.numbers.filter(({ lit }) => lit === kind).map(({ ref }) => ref);
      assert.deepEqual(lit('written'), [`db[${j}]`]);
      assert.deepEqual(lit('read'), range(n).map((i) => `dY[${i}][${j}]`));
      const values = byRef(seen);
      let sum = 0;
      for (const i of range(n)) {
        sum = Math.fround(sum + Math.fround(Number(values.get(`dY[${i}][${j}]`))));
        assert.equal(Math.fround(Number(values.get(`db[${j}].sum[${i}]`))), sum, `partial sum ${i} of db[${j}]`);
      }
      await page.focus('#stage');
      await page.keyboard.press('ArrowLeft');
    }
    await page.close();
  });
}

test('a link holds the answer, or keeps it back; in Chinese it says the same', async () => {
  const { page } = await open(browser, `${server.address}?scene=mistake&preset=E&n=5`);
  assert.doesNotMatch(page.url(), /axis1|guess/);
  await page.getByRole('button', { name: 'db = np.sum(dY, axis=1)' }).click();
  const seen = await look(page);
  await page.waitForURL(/guess=axis1/);
  const again = await open(browser, page.url());
  assert.deepEqual(await look(again.page), seen);
  await again.page.getByRole('link', { name: '中文' }).click();
  await again.page.waitForSelector('#stage[data-lang="zh"]');
  assert.match(await again.page.locator('.explanation').innerText(), /找对了。.*\(5,\) 不是 \(3,\)/);
  assert.deepEqual(byRef(await look(again.page)), byRef(seen));
  const broken = await open(browser, `${server.address}?scene=mistake&guess=gravity`);
  assert.match((await look(broken.page)).message ?? '', /could not be read/);
  await Promise.all([page.close(), again.page.close(), broken.page.close()]);
});
