// What belongs to one tensor lights up together in five views: formula, cells, edges, C, NumPy. The lines are the sources' own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load, trace } from 'layerlens';
import { interpreter } from '../python.js';
import { generator, seed } from '../random.js';
import { launch, open, serve } from './browser.js';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve()]);
});
after(() => Promise.all([browser.close(), server.close()]));

const tall = { viewport: { width: 1280, height: 1500 } };

/** One step of each operation, by scene. */
const steps = {
  'opened&preset=book': [1, 2, 3, 4, 5, 6, 7, 8],
  'folded&preset=book': [1, 5, 6, 10],
  'sample&preset=book': [1, 4, 6, 12],
  'batch&preset=iris': [0, 2, 14, 26, 38, 54, 66],
};

const views = {
  formula: 'math [data-link]',
  cell: '.half[data-link], .ticket[data-link]',
  edge: '.strand[data-link], .half-wire[data-link]',
  c: '.line-c [data-link]',
  numpy: '.line-numpy [data-link]',
};

/** Whatever has a tensor on the stage: the tensor, the view, a point on it, and whether it is lit. @param {import('playwright-core').Page} page */
const linkable = (page) =>
  page.evaluate(
    (selectors) =>
      [...document.querySelectorAll('#stage [data-link]')].map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const y = top + height / 2;
        // The middle; of a whole line, where none of the tensors in it is.
        const across = [0.5, ...Array.from({ length: 40 }, (_, i) => (i + 0.5) / 40)].map((share) => left + share * width);
        return {
          tensor: element.getAttribute('data-link') ?? '',
          view: Object.entries(selectors).find(([, selector]) => element.matches(selector))?.[0],
          x: across.find((x) => document.elementFromPoint(x, y)?.closest('[data-link]') === element) ?? across[0],
          y,
          lit: element.classList.contains('linked'),
        };
      }),
    views,
  );

/** Where everything on the stage is. @param {import('playwright-core').Page} page */
const places = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('#stage *')]
      .map((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return [left, top, width, height].join(' ');
      })
      .join('\n'),
  );

const lit = (/** @type {Awaited<ReturnType<typeof linkable>>} */ all) => all.flatMap(({ lit }, i) => (lit ? [i] : []));

for (const [scene, all] of Object.entries(steps)) {
  const wanted = all.filter((_, i) => i % 2 === 1);
  test(`${scene}: a tensor lights up the same set from each view that it is in, and nothing moves`, async () => {
    const { page, complaints } = await open(browser, `${server.address}?scene=${scene}`, tall);
    for (const step of wanted) {
      await page.locator('.scrubber input').fill(String(step));
      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      const elements = await linkable(page);
      assert.deepEqual(lit(elements), [], 'nothing is lit before the pointer comes');
      const before = await places(page);
      const seen = new Set();
      for (const { tensor, view, x, y } of elements) {
        assert.ok(view, `${tensor} is in one of the views`);
        if (seen.has(tensor + view)) continue;
        seen.add(tensor + view);
        await page.mouse.move(x, y);
        const ofTensor = elements.flatMap((element, i) => (element.tensor === tensor ? [i] : []));
        assert.deepEqual(lit(await linkable(page)), ofTensor, `step ${step}: ${tensor}, from the view ${view}`);
        assert.equal(await places(page), before, `step ${step}: ${tensor}, from the view ${view}: nothing moves`);
      }
      const result = elements.find(({ view }) => view === 'formula')?.tensor;
      assert.deepEqual(Object.keys(views).filter((view) => !seen.has(result + view)), [], `step ${step}: ${result} is in every view`);
      await page.mouse.move(1, 1);
      assert.deepEqual(lit(await linkable(page)), [], 'nothing is lit when the pointer has left');
    }
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('the focus and a tap light a tensor too, and Esc clears it', async () => {
  const { page } = await open(browser, `${server.address}?scene=batch&preset=iris&step=2`, { ...tall, hasTouch: true });
  const litTensors = async () => [...new Set((await linkable(page)).filter(({ lit }) => lit).map(({ tensor }) => tensor))];
  for (const [selector, tensor] of [
    ['math [data-link="W"]', 'W'],
    ['.line-c [data-link="X"]', 'X'],
    ['.line-numpy .line', 'Y'],
    ['.strand[data-link="dout"]', 'dout'],
    ['input[data-ref="b[1]"]', 'b'],
  ]) {
    await page.focus(selector);
    assert.deepEqual(await litTensors(), [tensor], `focus on ${selector}`);
    await page.keyboard.press('Escape');
    assert.deepEqual(await litTensors(), [], 'Esc');
    await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  }
  // A cell that can't be edited takes no focus, but a tap.
  await page.locator('[data-ref="Y[0][0]"]:not(.ghost)').first().tap();
  assert.deepEqual(await litTensors(), ['Y']);
  await page.locator('.narration').tap();
  assert.deepEqual(await litTensors(), [], 'a tap beside it');
  await page.close();
});

test('the C and NumPy lines are lines of the sources, at the places that they name', async () => {
  for (const [scene, wanted] of Object.entries(steps)) {
    const { page } = await open(browser, `${server.address}?scene=${scene}`, tall);
    for (const step of wanted) {
      await page.locator('.scrubber input').fill(String(step));
      const shown = await page.$$eval('.line', (lines) => lines.map((line) => [line.getAttribute('title') ?? '', line.textContent ?? '']));
      assert.ok(shown.length >= 2, `step ${step}`);
      for (const [source, text] of shown) {
        const [path, line] = source.split(':');
        assert.match(path, /^(src\/\w+\.[ch]|web\/lines\/scenes\.py)$/);
        const lines = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').split('\n');
        assert.equal(text, lines[Number(line) - 1].trim());
      }
    }
    await page.close();
  }
});

test('the NumPy lines compute what the kernels compute', async () => {
  const random = generator();
  const rows = (/** @type {number} */ n, /** @type {number} */ m) =>
    Array.from({ length: n }, () => Array.from({ length: m }, () => Math.fround(4 * random() - 2)));
  const ll = await load({ variant: 'simd' });
  const [X, W, b, dout] = [rows(5, 4), rows(4, 3), rows(1, 3)[0], rows(5, 3)];
  const { multiply, exp, add, reciprocal } = ll.nodes;
  const opened = ll.sequential(multiply(-1), exp(), add(1), reciprocal());
  const scalars = /** @type {const} */ ([X[0][0], dout[0][0]]);
  const passes = {
    opened: [trace(opened, ...scalars)],
    folded: [trace(opened, ...scalars), trace(ll.sigmoid(), ...scalars)],
    sample: [trace(ll.sequential(ll.affine(W, b), ll.sigmoid()), X[0], dout[0])],
    batch: [trace(ll.sequential(ll.affine(W, b), ll.sigmoid()), X, dout)],
  };
  const program = `
import json, sys
import numpy as np
import scenes as page
given = {name: np.float32(value) for name, value in json.loads(sys.argv[1]).items()}
X, W, b, dout = (given[name] for name in ("X", "W", "b", "dout"))
forward = {
    "opened": page.opened_forward(X[0][0]),
    "folded": page.folded_forward(X[0][0]),
    "sample": page.sample_forward(X[0], W, b),
    "batch": page.batch_forward(X, W, b),
}
_, exp_out, _, y = forward["opened"]
backward = {
    "opened": page.opened_backward(dout[0][0], exp_out, y),
    "folded": page.folded_backward(dout[0][0], exp_out, *forward["folded"][-2:]),
    "sample": page.sample_backward(dout[0], forward["sample"][1], X[0], W),
    "batch": page.batch_backward(dout, forward["batch"][1], X, W),
}
flat = lambda results: [float(x) for result in (results if isinstance(results, tuple) else (results,)) for x in np.ravel(result)]
print(json.dumps({scene: flat(forward[scene]) + flat(backward[scene]) for scene in forward}))
`;
  const folder = fileURLToPath(new URL('../../web/lines', import.meta.url));
  const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
  const given = JSON.stringify({ X, W, b, dout });
  const python = JSON.parse(execFileSync(interpreter(), ['-c', program, given], { encoding: 'utf8', env }));
  for (const [scene, traces] of Object.entries(passes)) {
    const steps = ['forward', 'backward'].flatMap((pass) => traces.flat().filter((step) => step.pass === pass));
    const expected = steps.flatMap(({ writes }) => writes.map(({ value }) => value));
    assert.equal(python[scene].length, expected.length, scene);
    expected.forEach((value, i) => {
      // Both are float32 with sums of up to 5 terms, in another order.
      const close = Math.abs(python[scene][i] - value) <= 1e-5 * Math.max(1, Math.abs(value));
      assert.ok(close, `${scene}, number ${i}: ${python[scene][i]} in NumPy, ${value} in the kernels (SEED=${seed})`);
    });
  }
});
