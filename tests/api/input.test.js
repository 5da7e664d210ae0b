// What is taken as a tensor: every form of numbers, every number, no numbers at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';

import { trace } from 'layerlens';
import { reference } from 'layerlens/reference';

import { generator } from '../random.js';
import { assertSame, draw, start, testEach } from './harness.js';

const lists = [Array, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]
  .concat(globalThis.Float16Array ?? [], Buffer);

testEach('numbers in every kind of list, and of lists in a list', (ll) => {
  for (const List of lists) {
    const list = List.from([1, 2, 3]);
    assert.deepEqual(ll.tensor(list).toArray(), [1, 2, 3], List.name);
    assert.deepEqual(ll.tensor(list, [3, 1]).toArray(), [[1], [2], [3]], List.name);
    assert.deepEqual(ll.tensor([list, [4, 5, 6]]).toArray(), [[1, 2, 3], [4, 5, 6]], List.name);
    assert.deepEqual(ll.affine([[1], [1], [1]], List.from([4])).forward(list).toArray(), [10], List.name);
    assert.deepEqual(reference.tensor(list).toArray(), [1, 2, 3], List.name);
  }
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([7, 8]);
  assert.deepEqual(ll.tensor(shared).toArray(), [7, 8]);
  assert.deepEqual(ll.tensor(new Float64Array([0, 1, 2, 3]).subarray(1, 3)).toArray(), [1, 2]);
  class Numbers extends Array {}
  assert.deepEqual(ll.tensor(Numbers.of(1, 2)).toArray(), [1, 2]);
  for (const foreign of ['[1, 2]', '[[1, 2]][0]', 'new Float64Array([1, 2])']) {
    assert.deepEqual(ll.tensor(vm.runInNewContext(foreign)).toArray(), [1, 2], foreign);
  }
  assert.deepEqual(ll.tensor(vm.runInNewContext('[new Uint8Array([1, 2]), [3, 4]]')).toArray(), [[1, 2], [3, 4]]);
});

testEach('a tensor is copied, and read as another shape', (ll) => {
  const flat = ll.tensor([1, 2, 3, 4]);
  const square = ll.tensor(flat, [2, 2]);
  flat.data[0] = 9;
  assert.deepEqual([flat.toArray(), square.toArray()], [[9, 2, 3, 4], [[1, 2], [3, 4]]]);
});

test('a live view of a tensor, or a list of them, while the memory grows to take it', () => {
  const size = 2 ** 15; // twice a fresh memory: each copy makes it grow
  for (const copy of [
    (ll, view) => ll.tensor(view),
    (ll, view) => ll.tensor(view, [size / 2, 2]),
    (ll, view) => ll.tensor([view]),
    (ll, view) => ll.tensor([view.subarray(0, size / 2), view.subarray(size / 2)]),
    (ll, view) => ll.nodes.add(0).forward(view),
    (ll, view) => ll.nodes.addBias(view).b,
    (ll, view) => ll.nodes.dot([view]).W,
  ]) {
    const ll = start('simd');
    const source = ll.tensor(Float32Array.from({ length: size }, (_, i) => i));
    const { reserved } = ll.memory();
    const copied = copy(ll, source.data);
    assert.ok(ll.memory().reserved > reserved, `${copy}: the memory has not grown`);
    assertSame(copied.data, source.data, String(copy));
  }
});

testEach('the numbers that float32 has, and the nearest of those that it lacks', (ll) => {
  const given = [1e39, -1e39, 3.5e38, 1e-46, -1e-46, 0.1, -0, NaN, Infinity, -Infinity, 2 ** 24 + 1, Number.MAX_VALUE, 5e-324];
  assertSame(ll.tensor(given).data, given.map(Math.fround), 'tensor');
  assertSame(ll.nodes.multiply(1).forward([given]).data, given.map(Math.fround), 'multiply(1)');
  assert.equal(ll.tensor([1e39]).data[0], Infinity);
  assertSame(ll.affine([[1e39, 0]], [-1e39, 1e39]).forward([[1], [-1]]).data, [NaN, Infinity, -Infinity, Infinity], 'affine');
  assertSame(ll.nodes.multiply(1e39).forward([1, -1, 0]).data, [Infinity, -Infinity, NaN], 'multiply(1e39)');
  assertSame(ll.nodes.add(NaN).forward([1]).data, [NaN], 'add(NaN)');
  assertSame(ll.sigmoid().forward([Infinity, -Infinity, NaN, 1e39, -1e39]).data, [1, 0, NaN, 1, 0], 'sigmoid');
  // NaN and infinities as gradients, too.
  const affine = ll.affine([[1, 2]], [3, 4]);
  affine.forward([[1], [1]]);
  assertSame(affine.backward([[NaN, 0], [0, Infinity]]).data, [NaN, Infinity], 'dx');
  assertSame(affine.db.data, [NaN, Infinity], 'db');
});

testEach('an empty batch goes through every layer, and its gradients are zeros', (ll) => {
  const W = [[1, 2], [3, 4], [5, 6]];
  const layers = (runtime) => [
    [runtime.affine(W, [7, 8]), 3, 2],
    [runtime.sigmoid(), 3, 3],
    [runtime.relu(), 3, 3],
    [runtime.nodes.multiply(-1), 3, 3],
    [runtime.nodes.exp(), 3, 3],
    [runtime.nodes.add(1), 3, 3],
    [runtime.nodes.reciprocal(), 3, 3],
    [runtime.nodes.dot(W), 3, 2],
    [runtime.nodes.addBias([1, 2, 3]), 3, 3],
    [runtime.sequential(runtime.sigmoid(), runtime.affine(W, [7, 8]), runtime.nodes.exp()), 3, 2],
  ];
  for (const runtime of [ll, reference]) {
    for (const [layer, inputs, outputs] of layers(runtime)) {
      // Gradients that are there must be overwritten with zeros.
      layer.forward([1, 2, 3]);
      layer.backward(Array(outputs).fill(1));
      const x = runtime.zeros([0, inputs]);
      assert.deepEqual(layer.forward(x).shape, [0, outputs], layer.label);
      assert.deepEqual(layer.backward(runtime.zeros([0, outputs])).shape, [0, inputs], layer.label);
      for (const { name, grad } of layer.parameters) {
        assert.ok(grad.data.every((value) => value === 0), `${layer.label}: the gradient of ${name} is ${grad.data}`);
      }
    }
  }
  assert.deepEqual(ll.tensor([]).shape, [0]);
  assert.deepEqual(ll.tensor([[], []]).shape, [2, 0]);
  assert.deepEqual(ll.tensor([], [0, 5]).shape, [0, 5]);
  assert.deepEqual(ll.zeros([0, 3]).toArray(), []);
  assert.deepEqual(ll.zeros([3, 0]).toArray(), [[], [], []]);
  assert.deepEqual(ll.sigmoid().forward([]).toArray(), []);
  assert.deepEqual(ll.randn([0]).toArray(), []);
});

testEach('what a layer was given is not written to', (ll) => {
  const tensors = draw(generator());
  const [x, W, b, dout] = [tensors(3, 2), tensors(2, 4), tensors(4), tensors(3, 4)];
  const given = [x, W, b, dout].map((value) => ll.tensor(value));
  const affine = ll.affine(given[1], given[2]);
  const sigmoid = ll.sigmoid();
  sigmoid.forward(affine.forward(given[0]));
  affine.backward(sigmoid.backward(given[3]));
  trace(ll.sequential(affine, sigmoid), given[0], given[3]);
  given.forEach((tensor, i) => assert.deepEqual(tensor.toArray(), [x, W, b, dout][i]));
});

test('options may be undefined: then they are left out', () => {
  const ll = start('simd');
  assert.equal(ll.randn([3], undefined).size, 3);
  assert.equal(ll.randn([3], { seed: undefined, std: 0 }).data.every((value) => value === 0), true);
  assert.equal(ll.affine(2, 3, { seed: undefined, std: undefined }).W.size, 6);
  assert.equal(ll.affine([[1]], [2], undefined).label, 'affine(1, 1)');
});
