// A pasted tensor of another shape: the page says what doesn't fit, keeps its picture, and offers repairs.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { byRef, launch, look, open, paste, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

/** The numbers of a tensor as its rows. @param {Map<string, string>} values @param {string} name */
function rowsOf(values, name) {
  /** @type {number[][]} */
  const rows = [];
  for (const [ref, value] of values) {
    const [, i, j] = ref.match(new RegExp(`^${name}\\[(\\d+)\\](?:\\[(\\d+)\\])?$`)) ?? [];
    if (j !== undefined) (rows[Number(i)] ??= [])[Number(j)] = Number(value);
    else if (i !== undefined) (rows[0] ??= [])[Number(i)] = Number(value);
  }
  return rows;
}

for (const [address, ref, pasted, says] of /** @type {const} */ ([
  ['?scene=batch&preset=book&n=4', 'W[0][0]', '[[1, 2], [3, 4], [5, 6]]', 'X (4, 2) · W (3, 2): 2 ≠ 3'],
  ['?scene=batch&preset=book&n=4', 'W[0][0]', '[[1, 2], [3, 4]]', 'X·W (4, 2) + b (3,): 2 ≠ 3'],
  ['?scene=batch&preset=book&n=2', 'X[0][0]', '[[1, 2, 3], [4, 5, 6]]', 'X (2, 3) · W (2, 3): 3 ≠ 2'],
  ['?scene=batch&preset=book&n=2', 'X[0][0]', '[[1, 2]]', 'Y (1, 3), dY (2, 3): 1 ≠ 2'],
  ['?scene=batch&preset=book&n=2', 'b[0]', '[1, 2, 3, 4]', 'X·W (2, 3) + b (4,): 3 ≠ 4'],
  ['?scene=batch&preset=iris', 'dout[0][0]', '[[1, 2, 3]]', 'out (4, 3), dout (1, 3): 4 ≠ 1'],
  ['?scene=sample&preset=book', 'W[0][0]', '[[1, 2], [3, 4], [5, 6]]', 'X (2,) · W (3, 2): 2 ≠ 3'],
])) {
  test(`${address}: ${pasted} over ${ref}: ${says}; the stage stays, Undo ends it`, async () => {
    const { page, complaints } = await open(browser, `${server.address}${address}&step=3`);
    const before = await look(page);
    await paste(page, ref, pasted);
    const alert = page.getByRole('alert');
    assert.equal(await alert.locator('span').textContent(), says);
    assert.deepEqual({ ...(await look(page)), message: undefined }, before);
    // Meanwhile the stage is as it was, and goes on.
    await page.focus('#stage');
    await page.keyboard.press('ArrowRight');
    assert.equal((await look(page)).step, 4);
    await page.keyboard.press('ArrowLeft');
    await alert.getByRole('button', { name: 'Undo' }).click();
    assert.deepEqual(await look(page), before);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'stage');
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('W (3, 2) can be transposed, cut to size, or the other tensors resized after it; each gives a picture without complaint', async () => {
  const pasted = [[1, 2], [3, 4], [5, 6]];
  for (const [repair, W, X] of /** @type {[string, number[][], number][]} */ ([
    ['Transpose W', [[1, 3, 5], [2, 4, 6]], 2],
    ['Resize it to W (2, 3)', [[1, 2, 0], [3, 4, 0]], 2],
    ['Resize the others: in = 3, out = 2', pasted, 3],
  ])) {
    const { page, complaints } = await open(browser, `${server.address}?scene=batch&preset=book&n=4`);
    await page.focus('#stage');
    await paste(page, 'W[0][0]', JSON.stringify(pasted));
    // By keyboard alone.
    await page.getByRole('button', { name: repair, exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    const seen = await look(page);
    assert.equal(seen.message, undefined);
    const values = byRef(seen);
    assert.deepEqual(rowsOf(values, 'W'), W, repair);
    const sizes = { X: [4, X], dX: [4, X], dW: [W.length, W[0].length], Y: [4, W[0].length], b: [1, W[0].length], db: [1, W[0].length] };
    for (const [name, [height, width]] of Object.entries(sizes)) {
      const rows = rowsOf(values, name);
      assert.deepEqual([rows.length, rows[0].length], [height, width], `${repair}: ${name}`);
    }
    // What came of it is a state like any other: the link holds it.
    await page.waitForURL(/step=\d\d/);
    const again = await open(browser, page.url());
    assert.deepEqual(await look(again.page), seen);
    assert.deepEqual([...complaints, ...again.complaints], []);
    await Promise.all([page.close(), again.page.close()]);
  }
});

test('measured numbers keep their sizes; what the page has no room for is refused', async () => {
  const { page } = await open(browser, `${server.address}zh/?scene=batch&preset=iris`);
  await paste(page, 'W[0][0]', '[[1, 2], [3, 4], [5, 6]]');
  const buttons = await page.getByRole('alert').getByRole('button').allTextContents();
  assert.deepEqual(buttons, ['改成 W (4, 3)', '撤销', '×']);
  await paste(page, 'X[0][0]', JSON.stringify(Array(9).fill([1, 2, 3, 4])));
  assert.match((await look(page)).message ?? '', /\(9, 4\).*\(4, 4\)/);
  await page.close();
});
