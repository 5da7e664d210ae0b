// String(tensor) against what NumPy prints for the same float32 numbers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { start } from './harness.js';

/** @type {{ data: (number | string)[], shape: number[], text: string }[]} strings stand for what JSON lacks */
const golden = JSON.parse(readFileSync(new URL('../golden/print.json', import.meta.url), 'utf8'));

test(`String(tensor) is NumPy's text, ${golden.length} times`, () => {
  const ll = start('simd');
  assert.ok(golden.length > 50);
  for (const { data, shape, text } of golden) {
    assert.equal(String(ll.tensor(data.map(Number), shape)), text, `of shape (${shape}): ${JSON.stringify(data.slice(0, 8))}`);
  }
});

test('String(tensor) writes exponents from 1e8 and below 1e-4', () => {
  const ll = start('simd');
  assert.equal(String(ll.tensor([5e-5])), '[5.e-05]');
  assert.equal(String(ll.tensor([1.5e-4])), '[0.00015]');
  assert.equal(String(ll.tensor([1e8])), '[1.e+08]');
  assert.equal(String(ll.tensor([12345678])), '[12345678.]');
});

test('String(tensor) shows no numbers of an empty one', () => {
  const ll = start('simd');
  for (const shape of [[0], [0, 3], [3, 0]]) assert.equal(String(ll.zeros(shape)), '[]');
});

test("Node's console shows the shape and the numbers, or what became of them", () => {
  const ll = start('simd');
  const tensor = ll.tensor([[1, 2.5]]);
  const sigmoid = ll.sigmoid();
  const y = sigmoid.forward([0]);
  assert.equal(inspect(tensor), 'Tensor (1, 2)\n[[1.  2.5]]');
  assert.equal(inspect(y), 'Tensor (1,)\n[0.5]');
  tensor.dispose();
  sigmoid.forward([1]);
  assert.match(inspect(tensor), /^Tensor \(1, 2\) \(.*this tensor was disposed of\)$/);
  assert.match(inspect(y), /^Tensor \(1,\) \(.*the layer sigmoid has run forward again .*\)$/);
  ll.dispose();
  assert.match(inspect(tensor), /^Tensor \(1, 2\) \(.*this runtime was disposed of\)$/);
});
