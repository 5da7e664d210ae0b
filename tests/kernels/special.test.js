// NaN, infinities, zeros of both signs, subnormals and overflow: data like any other, treated as IEEE 754 says.

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
  if (kernel.sizes.length !== 1 || kernel.approximate) continue;

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

for (const [title, kernel] of Object.entries(kernels)) {
  if (kernel.sizes.length === 1) continue;

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
