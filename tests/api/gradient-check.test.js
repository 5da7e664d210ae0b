// The gradient check: no false alarm for what is right, and each wrong number found where it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { start, testEach } from './harness.js';

/** @param {any} ll @param {number} seed @param {string} [activation] */
const network = (ll, seed, activation = 'sigmoid') =>
  ll.sequential(ll.affine(4, 5, { seed, std: 'xavier' }), ll[activation](), ll.affine(5, 3, { seed: seed + 1000, std: 'he' }));

testEach('100 right networks give no alarm, with a loss or with dout', (ll) => {
  for (let seed = 0; seed < 100; seed++) {
    const x = ll.randn([6, 4], { seed: seed + 2000 });
    const dout = ll.randn([6, 3], { seed: seed + 3000 });
    const net = network(ll, seed);
    for (const check of [
      reference.gradientCheck(net, x, dout),
      reference.gradientCheck(net, x, [0, 1, 2, 0, 1, 2], { loss: ll.softmaxCrossEntropy() }),
      reference.gradientCheck(net, x, dout, { loss: ll.meanSquaredError() }),
    ]) {
      assert.ok(check.ok, `seed ${seed}:\n${check}`);
      assert.ok(check.tensors.every(({ cells }) => cells.every((cell) => Math.abs(cell.reference - cell.difference) < 1e-8)));
    }
    for (const tensor of [x, dout]) tensor.dispose();
    net.dispose();
  }
});

/** Wrong backward passes, and the gradients that they spoil. */
const bugs = {
  'the mean for the sum in db': [(layer) => layer.db.data.forEach((value, j, db) => (db[j] = value / 6)), ['2.b']],
  'db summed over everything': [(layer) => layer.db.data.fill(layer.db.data.reduce((a, b) => a + b)), ['2.b']],
  'db of the first sample alone': [(layer, dout) => layer.db.data.set(dout.data.subarray(0, 3)), ['2.b']],
  'dW the other way round': [(layer) => layer.dW.data.reverse(), ['2.W']],
  'a sign': [(layer) => layer.dW.data.forEach((value, i, dW) => (dW[i] = -value)), ['2.W']],
  'one element': [(layer) => (layer.dW.data[7] *= 1.01), ['2.W'], [2, 1]],
};

for (const [what, [spoil, spoiled, index]] of Object.entries(bugs)) {
  testEach(`found: ${what}`, (ll) => {
    const net = network(ll, 1);
    const [last] = net.layers.slice(-1);
    const backward = last.backward.bind(last);
    last.backward = (dout) => {
      const dx = backward(dout);
      spoil(last, dout);
      return dx;
    };
    const check = reference.gradientCheck(net, ll.randn([6, 4], { seed: 2 }), ll.randn([6, 3], { seed: 3 }));
    assert.equal(check.ok, false);
    assert.deepEqual(check.tensors.filter(({ ok }) => !ok).map(({ name }) => name), spoiled, String(check));
    const wrong = check.tensors.find(({ ok }) => !ok);
    if (index) assert.deepEqual(wrong.cells.filter(({ ok }) => !ok).map((cell) => cell.index), [index]);
    assert.equal(wrong.worst.error, wrong.error);
  });
}

test('found: a wrong derivative, wherever it goes through', () => {
  const ll = start('simd');
  const net = network(ll, 1);
  const sigmoid = net.layers[1];
  const backward = sigmoid.backward.bind(sigmoid);
  let x;
  const forward = sigmoid.forward.bind(sigmoid);
  sigmoid.forward = (value) => forward((x = value));
  sigmoid.backward = (dout) => {
    const y = forward(x).toArray();
    const dx = backward(dout);
    dx.data.forEach((_, i, data) => (data[i] = dout.data[i] * y.flat()[i] * (1 - x.data[i]))); // y(1 − x) for y(1 − y)
    return dx;
  };
  const check = reference.gradientCheck(net, ll.randn([6, 4], { seed: 2 }), ll.randn([6, 3], { seed: 3 }));
  assert.deepEqual(check.tensors.map(({ name, ok }) => [name, ok]), [['x', false], ['0.W', false], ['0.b', false], ['2.W', true], ['2.b', true]]);
});

/** A layer whose backward is spoiled. */
function spoiled(layer, spoil) {
  const backward = layer.backward.bind(layer);
  layer.backward = (dout) => {
    const dx = backward(dout);
    spoil(layer, dx);
    return dx;
  };
  return layer;
}
const wrong = (check) => check.tensors.flatMap(({ name, cells }) => cells.filter(({ ok }) => !ok).map(({ index }) => `${name}[${index.join('][')}]`));

test('found: a wrong gradient where the loss is so large that a difference has no digits left', () => {
  const ll = start('simd');
  const layer = () => ll.affine([[1, 2]], [1e9, 1]);
  const right = reference.gradientCheck(layer(), [0.01], [1, 1]);
  assert.ok(right.ok, String(right));
  assert.ok(right.noise > 0.1, `${right.noise}`);
  const check = reference.gradientCheck(spoiled(layer(), ({ dW }) => (dW.data[1] *= 2)), [0.01], [1, 1]);
  assert.deepEqual(wrong(check), ['W[0][1]']);
  assert.match(String(check), /0\.0200000 +0\.0100000 +\S+ ± 2e-1/);
});

test('found: one percent too much in an element that is small beside the others of its tensor', () => {
  const ll = start('simd');
  const layer = spoiled(ll.affine([[1, 1]], [0, 0]), ({ dW }) => (dW.data[1] *= 1.01));
  assert.deepEqual(wrong(reference.gradientCheck(layer, [1], [1, 0.05])), ['W[0][1]']);
});

test('found by the difference: what the kernel and the reference both say', () => {
  const ll = start('simd');
  // At the kink of a ReLU both take 0, and the difference a half of W; it is small beside the loss, but not lost.
  const net = ll.sequential(ll.relu(), ll.affine([[1e-5]], [1000]));
  const check = reference.gradientCheck(net, [0], [1]);
  assert.deepEqual(wrong(check), ['x[0]']);
  const [cell] = check.tensors[0].cells;
  assert.deepEqual([cell.kernel, cell.reference, cell.error], [0, 0, 1]);
  assert.ok(Math.abs(cell.difference - 5e-6) < check.noise && check.noise < 1e-6, `${cell.difference} ± ${check.noise}`);
});

test('every layer can be checked, the nodes too, and the reference itself', () => {
  const ll = start('simd');
  for (const runtime of [ll, reference]) {
    const { nodes } = runtime;
    const net = runtime.sequential(
      ...[nodes.dot([[1, -1], [0.5, 2]]), nodes.addBias([0.25, 0.5]), nodes.multiply(-1), nodes.exp(), nodes.add(1)],
      ...[nodes.reciprocal(), runtime.relu(), runtime.sequential(runtime.affine([[1], [2]], [3]), runtime.sigmoid())],
    );
    const check = reference.gradientCheck(net, [[1, 2], [-0.5, 0.25]], [[1], [2]]);
    assert.deepEqual(check.tensors.map(({ name }) => name), ['x', '0.W', '1.b', '7.0.W', '7.0.b']);
    assert.ok(check.ok, String(check));
    const one = reference.gradientCheck(runtime.sigmoid(), [1, 2, 3], [1, 1, 1]);
    assert.deepEqual([one.ok, one.tensors.map(({ name, shape }) => [name, shape])], [true, [['x', [3]]]]);
  }
});

test('zeros, and what is saturated, give no alarm', () => {
  const ll = start('simd');
  assert.ok(reference.gradientCheck(ll.affine([[0]], [0]), [[0]], [[0]]).ok);
  assert.ok(reference.gradientCheck(ll.sigmoid(), [40, -40, -100], [1, 1, 1]).ok);
});

test('it prints a table, with a line for each gradient', () => {
  const ll = start('simd');
  const layer = ll.affine([[1, 2]], [3, 4]);
  const check = reference.gradientCheck(layer, [[5]], [[1, -2]]);
  assert.equal(
    String(check).replace(/\d\.\de[-+]\d+|(?<=\[0\](\[0\])?) +.*/gm, '~'),
    [
      '   gradient  shape   checked  error   worst at  backward  reference  difference',
      '✓  dx        (1, 1)        1  ~  [0][0]~',
      '✓  dW        (1, 2)        2  ~  [0][0]~',
      '✓  db        (2,)          2  ~  [0]~',
    ].join('\n'),
  );
});

test('large tensors are checked at places spread over all rows and columns', () => {
  const ll = start('simd');
  for (const [inputs, outputs] of [[100, 10], [50, 10], [90, 10], [64, 16], [30, 7]]) {
    const layer = ll.affine(inputs, outputs, { seed: 1 });
    const [x, dout] = [ll.randn([2, inputs], { seed: 2 }), ll.randn([2, outputs], { seed: 3 })];
    const { cells, ok } = reference.gradientCheck(layer, x, dout).tensors.find(({ name }) => name === 'W');
    assert.ok(ok);
    assert.equal(new Set(cells.map(({ index }) => index.join())).size, 100, 'no place twice');
    assert.equal(new Set(cells.map(({ index: [, j] }) => j)).size, outputs, 'every column');
    assert.ok(new Set(cells.map(({ index: [i] }) => i)).size > inputs / 3, 'many rows');

    const backward = layer.backward.bind(layer);
    layer.backward = (gradient) => {
      const dx = backward(gradient);
      layer.dW.data.forEach((_, i, dW) => i % outputs && (dW[i] = 123)); // right in the first column only
      return dx;
    };
    assert.equal(reference.gradientCheck(layer, x, dout).ok, false);
  }
});

test('misuse', () => {
  const ll = start('simd');
  const affine = ll.affine([[1]], [1]);
  for (const [call, message] of [
    [() => reference.gradientCheck(), /^ArgumentError: gradientCheck: expected a layer, got undefined$/],
    [() => reference.gradientCheck([1], [1], [1]), /^ArgumentError: gradientCheck: expected a layer, got Array$/],
    [() => reference.gradientCheck(affine, [1], [1], { eps: 1 }), /unknown option "eps"; known are loss, step, tolerance, most$/],
    [() => reference.gradientCheck(affine, [1], [1], { step: '1' }), /step must be a number, got string "1"$/],
    [() => reference.gradientCheck(affine, [1], [1], { tolerance: null }), /tolerance must be a number, got null$/],
    [() => reference.gradientCheck(affine, [1], [1], { tolerance: Infinity }), /tolerance must be above 0 and below 1, got Infinity$/],
    [() => reference.gradientCheck(affine, [1], [1], { tolerance: 0 }), /tolerance must be above 0 and below 1, got 0$/],
    [() => reference.gradientCheck(affine, [1], [1], { step: 0 }), /step must be above 0 and finite, got 0$/],
    [() => reference.gradientCheck(affine, [1], [1], { step: NaN }), /step must be above 0 and finite, got NaN$/],
    [() => reference.gradientCheck(affine, [1], [1], { step: 1e-13 }), /a step of 1e-13 is lost in .*; a tolerance of 0.001 takes at least 2e-12$/],
    [() => reference.gradientCheck(affine, [1e12], [1]), /a step of 0.00001 doesn't move x\[0\], which is 1000000000000$/],
    [() => reference.gradientCheck(affine, [1], [1], { most: 0 }), /most must be a whole number of at least 1, got number 0$/],
    [() => reference.gradientCheck(affine, [1], [1], { loss: 'mse' }), /loss must be a loss, got string "mse"$/],
    [() => reference.gradientCheck(affine, [1, 2], [1]), /^ShapeError: affine.forward: expected x \(1,\), got \(2,\)/],
    [() => reference.gradientCheck(affine, [1], [1, 2]), /^ShapeError: affine.backward: expected dout \(1,\), got \(2,\)/],
    [() => reference.gradientCheck(affine, ll.zeros([0, 1]), []), /^ShapeError: gradientCheck: expected numbers, got the empty shape \(0,\)$/],
  ]) {
    assert.throws(call, (error) => {
      assert.match(`${error.name}: ${error.message}`, message);
      return true;
    });
  }
});
