// randn: reproducible everywhere, and normally distributed. shuffle: reproducible everywhere, and every order as likely.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check, run, ulp, variants } from './harness.js';

/** A seed and a standard deviation come after the size, as further sizes would. */
const randn = { name: 'randn', outputs: { x: ['n'] }, inputs: {}, sizes: ['n', 'seed', 'std'] };
const draw = (variant, n, seed, std = 1) => run(variant, randn, { n, seed, std }).x;

const SEEDS = [0, 1, 42, 2 ** 31, 2 ** 32 - 1];

/** The naive twin: Marsaglia's polar method over splitmix64, in the engine's own float64 functions. */
function twin(n, seed, std) {
  const mask = 2n ** 64n - 1n;
  let state = BigInt(seed);
  const uniform = () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 52 - 1;
  };
  const numbers = [];
  while (numbers.length < n) {
    const u = uniform();
    const v = uniform();
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = std * Math.sqrt((-2 * Math.log(square)) / square);
    numbers.push(u * factor, v * factor);
  }
  return Float64Array.from(numbers.slice(0, n));
}

for (const variant of variants) {
  test(`randn, ${variant}: the numbers of the polar method over splitmix64`, () => {
    for (const seed of SEEDS) {
      const sizes = { n: 2001, seed, std: 0.75 };
      const expected = twin(sizes.n, seed, sizes.std);
      // The one rounding to float32, and a hundredth of an ulp for what differs between float64 logarithms.
      const bounds = expected.map((value) => 0.51 * ulp(value));
      check(variant, randn, sizes, run(variant, randn, sizes), { x: expected }, { x: bounds });
    }
  });

  test(`randn, ${variant}: gives the same first numbers however many are drawn, and writes nothing after the last`, () => {
    const all = draw(variant, 34, 7);
    for (let n = 0; n <= 33; n++) assert.deepEqual(draw(variant, n, 7), all.slice(0, n), `n ${n}`);
  });

  test(`randn, ${variant}: scales with the standard deviation`, () => {
    const one = draw(variant, 101, 3);
    // A power of two changes no bits of a mantissa.
    assert.deepEqual(draw(variant, 101, 3, 0.25), one.map((value) => value / 4));
    assert.ok(draw(variant, 101, 3, 0).every((value) => value === 0));
  });
}

test('randn: all variants give the same bits for a seed', () => {
  for (const seed of SEEDS) {
    const sizes = { n: 100_001, seed, std: 0.1 };
    const x = run('scalar', randn, sizes);
    check('simd', randn, sizes, run('simd', randn, sizes), x);
    check('relaxed', randn, sizes, run('relaxed', randn, sizes), x);
  }
});

// ---- The distribution -----------------------------------------------------------------------------------------------------

const COUNT = 1_000_000;

/** Fails where an estimate is 5 standard errors off: 1 in 1.7 million for truly random numbers; and the seeds are fixed. */
function assertEstimate(what, actual, expected, standardError) {
  assert.ok(
    Math.abs(actual - expected) <= 5 * standardError,
    `${what}: expected ${expected} ± ${5 * standardError}, got ${actual}`,
  );
}

const mean = (values, f) => values.reduce((sum, value, i) => sum + f(value, i), 0) / values.length;

/** P(X < q) of the standard normal distribution, from tables. */
const QUANTILES = [
  [-4, 3.167e-5],
  [-3, 1.3499e-3],
  [-2, 0.0227501],
  [-1, 0.1586553],
  [-0.6744898, 0.25],
  [0, 0.5],
  [0.1, 0.5398278],
  [0.6744898, 0.75],
  [1, 0.8413447],
  [2, 0.9772499],
  [3, 0.9986501],
  [4, 0.99996833],
];

for (const seed of SEEDS) {
  test(`randn: a million numbers of seed ${seed} are normally distributed`, () => {
    const x = draw('simd', COUNT, seed);
    const m = mean(x, (value) => value);
    const variance = mean(x, (value) => (value - m) ** 2);
    // The standard errors of the moments of n normal numbers.
    assertEstimate('mean', m, 0, Math.sqrt(1 / COUNT));
    assertEstimate('standard deviation', Math.sqrt(variance), 1, Math.sqrt(1 / (2 * COUNT)));
    assertEstimate('skewness', mean(x, (value) => (value - m) ** 3) / variance ** 1.5, 0, Math.sqrt(6 / COUNT));
    assertEstimate('kurtosis', mean(x, (value) => (value - m) ** 4) / variance ** 2, 3, Math.sqrt(24 / COUNT));
    for (const [q, p] of QUANTILES) {
      assertEstimate(`share below ${q}`, mean(x, (value) => Number(value < q)), p, Math.sqrt((p * (1 - p)) / COUNT));
    }
    // Beyond 7 lie 2.6e-12 of all numbers; of a million, 63 are expected beyond 4.
    assert.ok(x.every((value) => Math.abs(value) < 7));
    // Neighbours, which come in pairs from one point of the disc, are uncorrelated.
    assertEstimate('correlation of neighbours', mean(x, (value, i) => value * x[(i + 1) % COUNT]), 0, Math.sqrt(1 / COUNT));
  });
}

test('randn: seeds next to each other give unrelated numbers', () => {
  const [a, b] = [draw('simd', COUNT, 0), draw('simd', COUNT, 1)];
  assertEstimate('correlation', mean(a, (value, i) => value * b[i]), 0, Math.sqrt(1 / COUNT));
  // Not one stream shifted by a number or two, either.
  const first = new Set(a.slice(0, 1000));
  assert.ok(b.slice(0, 1000).filter((value) => first.has(value)).length < 5);
});

// ---- Orders ---------------------------------------------------------------------------------------------------------------

const shuffle = { name: 'shuffle', outputs: { order: ['n'] }, inputs: {}, sizes: ['n', 'seed', 'epoch'] };
const orderOf = (variant, n, seed, epoch = 0) => [...new Uint32Array(run(variant, shuffle, { n, seed, epoch }).order.buffer)];

for (const variant of variants) {
  test(`shuffle, ${variant}: each number once, the same for the same seed and epoch, another order for others`, () => {
    for (const n of [0, 1, 2, 3, 10, 1000]) {
      for (const seed of SEEDS) {
        const order = orderOf(variant, n, seed, 3);
        assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i), `n ${n}, seed ${seed}`);
        assert.deepEqual(order, orderOf('scalar', n, seed, 3));
        if (n < 1000) continue;
        assert.notDeepEqual(order, orderOf(variant, n, seed, 4));
        assert.notDeepEqual(order, orderOf(variant, n, (seed + 1) % 2 ** 32, 3));
      }
    }
  });
}

test('shuffle: all 24 orders of four numbers are as likely', () => {
  const times = 24_000;
  const counts = new Map();
  for (let epoch = 0; epoch < times; epoch++) {
    const order = orderOf('simd', 4, 1, epoch).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  const p = 1 / 24;
  for (const [order, count] of counts) assertEstimate(`share of ${order}`, count / times, p, Math.sqrt((p * (1 - p)) / times));
});
