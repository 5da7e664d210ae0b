// How close exp and the sigmoid come to the functions that they approximate.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seed } from '../random.js';
import { check, fromBits, run, variants } from './harness.js';
import { boundsOf, exactly, kernels } from './naive.js';

/** The bits of a number. */
const bitsOf = (value) => new Uint32Array(Float32Array.of(value).buffer)[0];

/** Every 4093rd of all float32 numbers; the seed chooses which. 4093 is prime, so that the low bits take all values. */
function* sample() {
  for (let bits = ((seed % 4093) + 4093) % 4093; bits < 2 ** 32; bits += 4093) yield bits;
}

/** The 129 numbers around each point where something changes. */
function* neighbourhoods() {
  const points = [0, 2 ** -149, 2 ** -126, 2 ** -25, 2 ** -24, 1];
  // Halves of ln 2: where the result is a power of 2, and where a range reduction goes on to the next one. Among them are the
  // points where it overflows (128 ln 2), becomes subnormal (−126 ln 2) or 0 (−150 ln 2), and where the sigmoid is 1 (25 ln 2).
  for (let k = 1; k <= 302; k++) points.push((k * Math.LN2) / 2);
  points.push(104); // beyond, all results are 0, 1 or infinite
  for (const point of points) {
    for (const bits of [bitsOf(point), bitsOf(-point)]) {
      for (let offset = -64; offset <= 64; offset++) yield (bits + offset) >>> 0;
    }
  }
}

for (const title of ['sigmoid_forward', 'exp_forward']) {
  const kernel = kernels[title];

  test(`${title}: at most 2 ulp off, and NaN for NaN alone`, async (t) => {
    const x = fromBits([...sample(), ...neighbourhoods()]);
    const sizes = { n: x.length };
    const exact = kernel.twin(exactly, { x }, sizes);
    // The bound holds for subnormal results too: an ulp is 2⁻¹⁴⁹ there.
    const bounds = boundsOf(kernel, sizes, { x }, exact);
    const actual = Object.fromEntries(variants.map((variant) => [variant, run(variant, kernel, sizes, { x })]));
    for (const variant of variants) {
      await t.test(variant, () => check(variant, kernel, sizes, actual[variant], exact, bounds));
      if (title === 'sigmoid_forward') {
        await t.test(`${variant}: never leaves [0, 1]`, () => {
          const outside = actual[variant].y.findIndex((value) => value < 0 || value > 1);
          assert.equal(outside, -1, `sigmoid(${x[outside]}) = ${actual[variant].y[outside]}, ${variant}`);
        });
      }
    }
    await t.test('simd and scalar give the same bits', () => check('simd', kernel, sizes, actual.simd, actual.scalar));
  });
}

const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** What must come out to the bit. */
const limits = {
  sigmoid_forward: [
    [Infinity, 1], [LARGEST, 1], [1000, 1], [104, 1], [88.8, 1], [17.5, 1],
    [-Infinity, 0], [-LARGEST, 0], [-1000, 0], [-104, 0],
    [0, 0.5], [-0, 0.5], [2 ** -149, 0.5], [-(2 ** -149), 0.5], [2 ** -126, 0.5], [-(2 ** -126), 0.5],
    [NaN, NaN],
  ],
  exp_forward: [
    [Infinity, Infinity], [LARGEST, Infinity], [1000, Infinity], [104, Infinity], [88.723, Infinity],
    [-Infinity, 0], [-LARGEST, 0], [-1000, 0], [-104, 0],
    [0, 1], [-0, 1], [2 ** -149, 1], [-(2 ** -149), 1], [2 ** -126, 1], [-(2 ** -126), 1],
    [NaN, NaN],
  ],
};

for (const [title, pairs] of Object.entries(limits)) {
  test(`${title}: limits at infinities, huge numbers, zeros and subnormals`, async (t) => {
    const kernel = kernels[title];
    const sizes = { n: pairs.length };
    const x = Float32Array.from(pairs, ([given]) => given);
    const y = Float32Array.from(pairs, ([, expected]) => expected);
    for (const variant of variants) {
      await t.test(variant, () => check(variant, kernel, sizes, run(variant, kernel, sizes, { x }), { y }));
    }
  });
}
