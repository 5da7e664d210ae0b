// Losses, their gradients and the probabilities against PyTorch in float64: what tests/golden/training.py computed from the same
// float32 numbers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { assertClose, assertSame, testEach } from './harness.js';

const { losses } = JSON.parse(readFileSync(new URL('../golden/training.json', import.meta.url), 'utf8'));

/**
 * Where float32 has to round the difference of two scores of these cases, it is below 16 and the rounding at most 2⁻²¹, half of
 * this; exp, sum and quotient add up to 2⁻²³ each.
 */
const TOLERANCE = 1e-6;
/** Of the reference, which computes in float64: the file has ten digits. */
const REFERENCE_TOLERANCE = 1e-9;

const shapeOf = (list) => (Array.isArray(list) ? [list.length, ...shapeOf(list[0])] : []);
/** Strings stand for what JSON lacks. */
const toNumbers = (list) => (Array.isArray(list) ? list.map(toNumbers) : Number(list));
/** The file has the shortest decimals that stand for a float32, which float64 would read as other numbers. */
const toFloat32 = (list) => (Array.isArray(list) ? list.map(toFloat32) : Math.fround(list));

function checkLoss(runtime, { name, loss: kind, ...given }, tolerance) {
  const [x, t] = [given.x, given.t].map(toFloat32);
  const samples = Array.isArray(x[0]) ? x.length : 1;
  // The logarithm of a sum and p − t have the rounding errors of numbers around 1, however small they are themselves.
  const scale = kind === 'softmaxCrossEntropy' ? 1 : 0;

  const what = (part) => `${kind}, ${name}, ${runtime.variant}: ${part}`;
  const check = (actual, expected, size, part) => {
    const numbers = [toNumbers(expected)].flat(2);
    const within = (i) => (Number.isFinite(numbers[i]) ? tolerance * (Math.abs(numbers[i]) + size) : 0);
    assertClose(actual, numbers, within, what(part));
  };

  const loss = runtime[kind]();
  check([loss.forward(x, t)], given.value, scale, 'value');
  const dx = loss.backward();
  assert.deepEqual(dx.shape, shapeOf(x), what('shape of the gradient'));
  check(dx.data, given.gradient, scale / samples, 'gradient');
  if (!given.probabilities) return;
  assert.deepEqual(loss.probabilities.shape, shapeOf(x), what('shape of the probabilities'));
  check(loss.probabilities.data, given.probabilities, 0, 'probabilities');
}

for (const given of losses) {
  const title = `${given.loss}, ${given.name}: loss and gradient`;
  testEach(`${title} are PyTorch's`, (ll) => checkLoss(ll, given, TOLERANCE));
  test(`${title} of the reference are PyTorch's`, () => checkLoss(reference, given, REFERENCE_TOLERANCE));
}

testEach('softmaxCrossEntropy: a row of one 1 is its class, at a score of −Infinity too, where PyTorch gives NaN', (ll) => {
  const loss = ll.softmaxCrossEntropy();
  const scores = [-Infinity, 1, 2];
  const expected = loss.forward(scores, 1);
  const gradient = loss.backward().toArray();
  assertSame([loss.forward(scores, [0, 1, 0])], [expected], 'loss');
  assertSame(loss.backward().data, gradient, 'gradient');
});
