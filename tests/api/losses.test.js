// Losses: their numbers, what t may be, and who owns what they return.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { generator } from '../random.js';
import { assertClose, assertSame, draw, start, testEach } from './harness.js';

const gone = { code: 'ERR_LL_STATE' };

testEach('softmaxCrossEntropy: a confident wrong answer costs what it should', (ll) => {
  const loss = ll.softmaxCrossEntropy();
  // −ln of a probability that is kept as a float and held above 1e-7, as is often done, would be 16.1.
  assert.equal(Math.round(loss.forward([[30, 0]], [1]) * 1e12) / 1e12, 30);
  assert.equal(loss.forward([[2e4, 0]], [1]), 2e4);
  assert.equal(loss.forward([[1e4, -1e4]], [0]), 0);
  assert.equal(loss.forward([[1e4, -1e4]], [1]), 2e4);
  // exp(−30), of which a float has the first digits only if it isn't taken from 1 first.
  assert.ok(Math.abs(loss.forward([[30, 0]], [0]) / Math.exp(-30) - 1) < 2e-3);
});

testEach('softmaxCrossEntropy: equal scores, one class, NaN', (ll) => {
  const loss = ll.softmaxCrossEntropy();
  assert.ok(Math.abs(loss.forward([[5, 5, 5, 5]], [2]) - Math.log(4)) < 1e-7);
  assert.deepEqual(loss.probabilities.toArray(), [[0.25, 0.25, 0.25, 0.25]]);
  assert.deepEqual(loss.backward().toArray(), [[0.25, 0.25, -0.75, 0.25]]);
  assert.equal(loss.forward([[7], [-1e30]], [0, 0]), 0);
  assert.deepEqual(loss.backward().toArray(), [[0], [0]]);
  assert.ok(Number.isNaN(loss.forward([[1, NaN], [0, 0]], [0, 0])));
  assert.deepEqual(loss.probabilities.toArray(), [[NaN, NaN], [0.5, 0.5]], 'no other sample is touched');
});

testEach('softmaxCrossEntropy: classes are rows of probabilities of 1 and 0', (ll) => {
  const random = generator();
  const x = draw(random)(6, 4);
  const classes = [3, 0, 0, 1, 2, 3];
  const rows = classes.map((of) => [0, 1, 2, 3].map((j) => Number(j === of)));
  const loss = ll.softmaxCrossEntropy();
  const expected = loss.forward(x, rows);
  const dx = loss.backward().toArray();
  for (const t of [classes, Int32Array.from(classes), Uint8Array.from(classes), ll.tensor(classes), ll.tensor(rows), ll.tensor(classes).data]) {
    assert.equal(loss.forward(x, t), expected);
    assertSame(loss.backward().toArray(), dx, 'dx');
  }
  const alone = x.map((row, i) => loss.forward(row, classes[i]));
  assert.ok(Math.abs(alone.reduce((a, b) => a + b) / 6 - expected) < 1e-12);
  assert.deepEqual(loss.backward().shape, [4]);
  assert.equal(loss.forward(x[0], rows[0]), alone[0]);

  // A view as t, where the memory has to grow for x and t.
  const { data } = ll.tensor(Array.from({ length: 20_000 }, () => 1));
  assert.ok(Math.abs(loss.forward(Array.from({ length: 20_000 }, () => [0, 0]), data) - Math.log(2)) < 1e-7);
});

testEach('both losses: as the reference computes them', (ll) => {
  const numbers = draw(generator());
  for (const [rows, columns] of [[1, 1], [1, 5], [7, 3], [13, 10], [3, 33]]) {
    const [x, t] = [numbers(rows, columns), numbers(rows, columns).map((row) => row.map(Math.abs))];
    for (const name of ['softmaxCrossEntropy', 'meanSquaredError']) {
      const [kernel, exact] = [ll[name](), reference[name]()];
      const [value, expected] = [kernel.forward(x, t), exact.forward(x, t)];
      assert.ok(Math.abs(value - expected) <= 1e-6 * Math.abs(expected), `${name} (${rows}, ${columns}): ${value}, ${expected}`);
      // Of a gradient: some 2⁻²⁴ of what it is the difference of, which is at most 4 · columns here.
      assertClose(kernel.backward().toArray(), exact.backward().toArray(), () => (columns * 4 * 4 * 2 ** -24) / rows, name);
    }
  }
});

testEach('an empty batch: no mean, an empty gradient', (ll) => {
  for (const loss of [ll.softmaxCrossEntropy(), ll.meanSquaredError()]) {
    assert.ok(Number.isNaN(loss.forward(ll.zeros([0, 3]), ll.zeros([0, 3]))));
    assert.deepEqual(loss.backward().shape, [0, 3]);
  }
  const loss = ll.softmaxCrossEntropy();
  assert.ok(Number.isNaN(loss.forward(ll.zeros([0, 3]), [])));
  assert.deepEqual(loss.probabilities.shape, [0, 3]);
});

testEach('what a loss returns can be read until it runs again', (ll) => {
  const loss = ll.softmaxCrossEntropy();
  loss.forward([[0, 0]], [0]);
  const [p, dx] = [loss.probabilities, loss.backward()];
  loss.forward([[0, Math.log(3)]], [1]);
  assert.throws(() => p.data, gone);
  assert.deepEqual(dx.toArray(), [[-0.5, 0.5]], 'forward leaves dx');
  loss.backward();
  assert.throws(() => dx.data, gone);
  assert.throws(() => loss.probabilities.dispose(), /a layer owns this tensor/);
});

testEach('backward needs what forward was given', (ll) => {
  const mse = ll.meanSquaredError();
  const [x, t] = [ll.tensor([[1]]), ll.tensor([[2]])];
  mse.forward(x, t);
  x.data[0] = 5;
  assert.deepEqual(mse.backward().toArray(), [[6]], 'tensors are read, not copied');
  t.dispose();
  assert.throws(() => mse.backward(), /^StateError: meanSquaredError.backward: the t of the last forward: this tensor was disposed of/);
  mse.forward(x, [[2]]);
  x.dispose();
  assert.throws(() => mse.backward(), /^StateError: meanSquaredError.backward: the x of the last forward: this tensor was disposed of/);
});

testEach('a loss overwrites nothing that it reads', (ll) => {
  const message = (where, name) => new RegExp(`^StateError: ${name}.${where}: this would overwrite its own input; pass a clone\\(\\)`);
  const [mse, softmax] = [ll.meanSquaredError(), ll.softmaxCrossEntropy()];
  mse.forward([[1, 2]], [[3, 4]]);
  mse.forward(mse.backward(), [[3, 4]]);
  assert.throws(() => mse.backward(), message('backward', 'meanSquaredError'));
  softmax.forward([[1, 2]], [1]);
  const p = softmax.probabilities;
  const before = p.toArray();
  assert.throws(() => softmax.forward(p, [1]), message('forward', 'softmaxCrossEntropy'));
  assert.throws(() => softmax.forward([[1, 2]], p), message('forward', 'softmaxCrossEntropy'));
  assert.deepEqual(p.toArray(), before);
  softmax.forward([[1, 2]], p.clone());
});

testEach('its memory comes back', (ll) => {
  const before = ll.memory();
  for (const loss of [ll.softmaxCrossEntropy(), ll.meanSquaredError()]) {
    loss.forward([[1, 2], [3, 4]], [[0, 1], [1, 0]]);
    loss.backward();
    assert.notDeepEqual(ll.memory(), before);
    loss.dispose();
    loss.dispose();
    assert.deepEqual(ll.memory(), before);
    assert.throws(() => loss.forward([[1, 2]], [[0, 1]]), /^StateError: \w+.forward: this loss was disposed of/);
  }
});

test('the reference takes the same t, and refuses what a runtime refuses', () => {
  const ll = start('simd');
  for (const call of [
    (runtime) => runtime.softmaxCrossEntropy().forward([[1, 2]], [2]),
    (runtime) => runtime.softmaxCrossEntropy().forward([[1, 2]], [0, 1]),
    (runtime) => runtime.softmaxCrossEntropy().forward([[1, 2]], [[1, 2, 3]]),
    (runtime) => runtime.softmaxCrossEntropy().forward([[]], [0]),
    (runtime) => runtime.softmaxCrossEntropy().forward([1, 2], 2),
    (runtime) => runtime.softmaxCrossEntropy().forward([1, 2], [1]),
    (runtime) => runtime.softmaxCrossEntropy().forward([1, 2], 'a'),
    (runtime) => runtime.softmaxCrossEntropy().backward(),
    (runtime) => runtime.softmaxCrossEntropy().probabilities,
    (runtime) => runtime.meanSquaredError().forward([[1, 2]], [1, 2]),
    (runtime) => runtime.meanSquaredError().forward([[1, 2]], 3),
    (runtime) => runtime.meanSquaredError().backward(),
    (runtime) => runtime.sgd({ lr: -1 }),
    (runtime) => runtime.adam({ rate: 1 }),
  ]) {
    const [expected, actual] = [ll, reference].map((runtime) => {
      try {
        return call(runtime);
      } catch ({ code, message }) {
        return { code, message };
      }
    });
    assert.equal(typeof expected, 'object', `${call}: threw nothing`);
    assert.deepEqual(actual, expected, String(call));
  }
  for (const t of [1, [0, 1]]) assert.equal(reference.softmaxCrossEntropy().forward([0, 0], t), Math.log(2));
});
