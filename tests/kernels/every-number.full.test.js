// The sigmoid and exp of all 2³² float32 numbers, in every build. It takes minutes: `make exhaustive` runs it, `make test` doesn't.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { variants } from './harness.js';

/** @typedef {import('./every-number.worker.js').Findings} Findings */

/** @param {string} name of the kernel @returns {Promise<Findings[][]>} what each thread has found, by variant */
const examine = (name) => {
  const step = availableParallelism();
  const shares = Array.from({ length: step }, (_, first) => {
    const worker = new Worker(new URL('every-number.worker.js', import.meta.url), { workerData: { name, first, step } });
    return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  });
  return Promise.all(shares);
};

/** @param {Findings} a @param {Findings} b @returns {Findings} */
const join = (a, b) => ({ ...(a.error >= b.error ? a : b), wrong: a.wrong + b.wrong, differ: a.differ + b.differ });

const hex = (number) => `0x${new Uint32Array(Float32Array.of(number).buffer)[0].toString(16).padStart(8, '0')}`;

const WIDTHS = [-17, -9, 10, -38, 7, 18]; // below 0: to the left
/** @param {...(string | number)} cells */
const print = (...cells) =>
  console.log(cells.map((cell, i) => (WIDTHS[i] < 0 ? `${cell}`.padEnd(-WIDTHS[i]) : `${cell}`.padStart(WIDTHS[i]))).join(''));

print('kernel', 'build', 'worst, ulp', '  at', 'wrong', 'differ from simd');
for (const name of ['sigmoid_forward', 'exp_forward']) {
  test(`${name}: every number at most 2 ulp off, NaN for NaN alone, simd and scalar alike`, async () => {
    const shares = await examine(name);
    const all = variants.map((_, i) => shares.map((share) => share[i]).reduce(join));
    variants.forEach((variant, i) => {
      const { error, at, wrong, differ } = all[i];
      print(name, variant, error.toFixed(4), `  ${at} (${hex(at)})`, wrong, differ);
    });
    variants.forEach((variant, i) => {
      const { error, wrong, differ } = all[i];
      assert.ok(error <= 2, `${variant}: ${error} ulp off`);
      assert.equal(wrong, 0, `${variant}: wrong results`);
      if (variant === 'scalar') assert.equal(differ, 0, 'scalar: results that differ from those of simd');
    });
  });
}
