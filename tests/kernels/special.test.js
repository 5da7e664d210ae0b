// NaN, infinities, zeros of both signs, subnormals and overflow: data like any other, treated as IEEE 754 says.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { generator } from '../random.js';
import { check, inputsOf, run, variants } from './harness.js';
import { kernels } from './naive.js';

const LARGEST = (2 - 2 ** -23) * 2 ** 127;
const SMALLEST = 2 ** -149;
const SMALLEST_NORMAL = 2 ** -126;

const special = [0, -0, 1, -1, 1 + 2 ** -23, 1 - 2 ** -24, -1.5, 2 ** 24]
  .concat([SMALLEST, -SMALLEST, SMALLEST_NORMAL, SMALLEST - SMALLEST_NORMAL, 1e-20, -1e-20])
  .concat([1e20, -1e20, LARGEST, -LARGEST, Infinity, -Infinity, NaN]);

for (const [title, kernel] of Object.entries(kernels)) {
  if (kernel.sizes.length !== 1 || kernel.approximate || kernel.prepare) continue;

  test(`${title}: every pair of special numbers`, async (t) => {
    const [first, second = first] = Object.keys(kernel.inputs);
    const constants = second === 'c' ? special : [undefined];
    const left = second === first || second === 'c' ? special : special.flatMap((a) => special.map(() => a));
    const right = special.flatMap(() => special);
    const sizes = { n: left.length };
    for (const variant of variants) {
      await t.test(variant, () => {
        for (const c of constants) {
          // Where there is one input only, it is the latter.
          const inputs = { [second]: Float32Array.from(c === undefined ? right : [c]), [first]: Float32Array.from(left) };
          check(variant, kernel, sizes, run(variant, kernel, sizes, inputs), kernel.twin(Math.fround, inputs, sizes));
        }
      });
    }
  });
}

for (const title of ['sgd_step', 'momentum_step', 'adagrad_step', 'adam_step']) {
  test(`${title}: special parameters and gradients, from a start at 0`, async (t) => {
    const kernel = kernels[title];
    const sizes = { n: special.length ** 2 };
    const inputs = {
      ...inputsOf(kernel, sizes, (n) => new Float32Array(n)),
      w: Float32Array.from(special.flatMap((w) => special.map(() => w))),
      dw: Float32Array.from(special.flatMap(() => special)),
    };
    for (const variant of variants) {
      await t.test(variant, () => {
        check(variant, kernel, sizes, run(variant, kernel, sizes, inputs), kernel.twin(Math.fround, inputs, sizes));
      });
    }
  });
}

test('softmax_cross_entropy_forward: special scores touch no other sample, and none overflows', async (t) => {
  const kernel = kernels.softmax_cross_entropy_forward;
  const third = 1 / 3;
  /** Three scores, and what softmax makes of them. */
  const rows = [
    [[0, 0, 0], [third, third, third]],
    [[1e4, -1e4, 0], [1, 0, 0]],
    [[-1e38, -1e38, -1e38], [third, third, third]],
    [[LARGEST, -LARGEST, 0], [1, 0, 0]],
    [[NaN, 0, 1], [NaN, NaN, NaN]],
    [[1, 0, NaN], [NaN, NaN, NaN]],
    [[Infinity, 0, 1], [NaN, NaN, NaN]],
    [[0, -Infinity, 0], [0.5, 0, 0.5]],
    [[-Infinity, -Infinity, -Infinity], [NaN, NaN, NaN]],
    [[SMALLEST, 0, -SMALLEST], [third, third, third]],
  ];
  const x = Float32Array.from(rows.flatMap(([scores]) => scores));
  const p = Float32Array.from(rows.flatMap(([, probabilities]) => probabilities));
  const losses = [Math.log(3), 0, Math.log(3), 0, NaN, NaN, NaN, Math.log(2), NaN, Math.log(3)];
  for (const variant of variants) {
    await t.test(variant, () => {
      const t = Float32Array.from(rows.flatMap(() => [1, 0, 0]));
      const sizes = { rows: rows.length, classes: 3 };
      const expected = { loss: [NaN], p };
      check(variant, kernel, sizes, run(variant, kernel, sizes, { x, t }), expected, { loss: [0], p: p.map(() => 2 ** -24) });
      rows.forEach(([scores], i) => {
        const one = { rows: 1, classes: 3 };
        const { loss } = run(variant, kernel, one, { x: Float32Array.from(scores), t: Float32Array.of(1, 0, 0) });
        assert.ok(Object.is(loss[0], losses[i]) || Math.abs(loss[0] - losses[i]) < 1e-7, `${scores}: loss ${loss[0]}`);
      });
    });
  }
});

for (const [title, kernel] of Object.entries(kernels)) {
  if (kernel.sizes.length === 1 || kernel.approximate) continue;

  test(`${title}: NaN and infinities reach the sums that they belong to, and no other`, async (t) => {
    // Their sums are exact, so that a fused sum has the same bits. Rows of every kind of tile, and columns left over.
    const usual = [0, 1, -1, 2, -3];
    const rare = [NaN, Infinity, -Infinity];
    const sizes = Object.fromEntries(kernel.sizes.map((name, i) => [name, [6, 7, 14][i]]));
    for (const variant of variants) {
      await t.test(variant, () => {
        const random = generator();
        const one = (list) => list[Math.floor(random() * list.length)];
        for (let round = 0; round < 100; round++) {
          const draw = (n) => Float32Array.from({ length: n }, () => one(random() < 1 / 64 ? rare : usual));
          const inputs = inputsOf(kernel, sizes, draw);
          check(variant, kernel, sizes, run(variant, kernel, sizes, inputs), kernel.twin(Math.fround, inputs, sizes));
        }
      });
    }
  });
}

test('affine_forward: a product overflows to infinity, and keeps its bits where it is subnormal', async (t) => {
  const kernel = kernels['affine_forward without b'];
  const sizes = { rows: special.length, in: 1, out: special.length };
  const inputs = { x: Float32Array.from(special), w: Float32Array.from(special) };
  const expected = kernel.twin(Math.fround, inputs, sizes);
  const noBound = { y: new Float64Array(expected.y.length) }; // a fused sum may give −0 where −2⁻²⁰⁰ + 0 is rounded once
  for (const variant of variants) {
    await t.test(variant, () => {
      check(variant, kernel, sizes, run(variant, kernel, sizes, inputs), expected, variant === 'relaxed' ? noBound : undefined);
    });
  }
});
