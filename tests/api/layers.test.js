// What the layers compute: against the float64 reference, against each other, and the chapter's own examples.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { generator } from '../random.js';
import { assertClose, assertSame, draw, start, testEach, variants } from './harness.js';

const EPSILON = 2 ** -24; // half the distance from 1 to the next float32: what one rounding changes, at most, as a fraction

/** The distance between the float32 numbers around this one; 2⁻¹⁴⁹ where they are subnormal. */
const ulp = (value) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value) || 2 ** -149)), -126) - 23);

const rowsOf = (list) => (Array.isArray(list[0]) ? list : [list]);
const transpose = (rows) => rows[0].map((_, j) => rows.map((row) => row[j]));
/** The sums of the absolute values that a matrix product adds: its rounding errors are a fraction of these. */
const magnitude = (a, b) => rowsOf(a).flatMap((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + Math.abs(value * b[k][j]), 0)));

/** Rows (0: one sample of rank 1), inputs, outputs: around the tiles of 4 rows and 8 columns, and the 128 packed at a time. */
const sizes = [[0, 1, 1], [0, 2, 3], [0, 5, 7], [0, 130, 9], [1, 1, 1], [1, 2, 3], [2, 2, 3], [3, 7, 5], [4, 8, 8], [5, 9, 17]]
  .concat([[8, 3, 16], [7, 13, 1], [9, 1, 12], [33, 20, 31], [2, 129, 131], [130, 3, 4]]);

testEach('affine and dot agree with the reference, for one sample and for batches', (ll) => {
  const numbers = draw(generator());
  for (const [rows, inputs, outputs] of sizes) {
    const [W, b] = [numbers(inputs, outputs), numbers(outputs)];
    const [x, dout] = [inputs, outputs].map((n) => (rows ? numbers(rows, n) : numbers(n)));
    const N = rows || 1;
    for (const make of [(runtime) => runtime.affine(W, b), (runtime) => runtime.nodes.dot(W)]) {
      const [layer, exact] = [make(ll), make(reference)];
      const what = `${layer.label} of (${rows || ''}${rows ? ', ' : ''}${inputs})`;
      const [y, expected] = [layer.forward(x), exact.forward(x)];
      assert.deepEqual([y.shape, expected.shape], Array(2).fill(rows ? [rows, outputs] : [outputs]), what);

      // Of a sum of K products and a start, each of the K products and K sums is rounded once, and the first sums are rounded
      // again and again: (K + 2) roundings of the sum of absolute values is the bound that the design promises.
      const sums = magnitude(x, W);
      const start = layer.b ? b : b.map(() => 0);
      assertClose(y.data, expected.data, (i) => (inputs + 2) * EPSILON * (sums[i] + Math.abs(start[i % outputs])), `y of ${what}`);

      const [dx, expectedDx] = [layer.backward(dout), exact.backward(dout)];
      assert.deepEqual(dx.shape, rows ? [rows, inputs] : [inputs], what);
      const forDx = magnitude(dout, transpose(W));
      assertClose(dx.data, expectedDx.data, (i) => (outputs + 2) * EPSILON * forDx[i], `dx of ${what}`);

      assert.deepEqual([layer.dW.shape, layer.parameters.length], [[inputs, outputs], layer.b ? 2 : 1]);
      const forDW = magnitude(transpose(rowsOf(x)), rowsOf(dout));
      assertClose(layer.dW.data, exact.dW.data, (i) => (N + 2) * EPSILON * forDW[i], `dW of ${what}`);
      if (layer.b) {
        const forDb = magnitude([Array(N).fill(1)], rowsOf(dout));
        assertClose(layer.db.data, exact.db.data, (i) => (N + 2) * EPSILON * forDb[i], `db of ${what}`);
      }
      layer.dispose();
    }
  }
});

testEach('one sample: dW is the outer product of x and dout, db is dout, to the bit', (ll) => {
  const numbers = draw(generator());
  const [x, W, b, dout] = [numbers(5), numbers(5, 7), numbers(7), numbers(7)];
  const affine = ll.affine(W, b);
  affine.forward(x);
  affine.backward(dout);
  assertSame(affine.dW.data, x.flatMap((left) => dout.map((right) => Math.fround(left * right))), 'dW');
  assertSame(affine.db.data, dout, 'db');
});

testEach('elementwise layers agree with the reference, for any shape', (ll) => {
  const numbers = draw(generator());
  const widen = (n) => (Array.isArray(n) ? n.map(widen) : Math.fround(20 * n)); // up to ±40
  for (const shape of [[1], [3], [4], [5], [17], [1, 1], [2, 3], [4, 4], [3, 7], [33, 5]]) {
    const [x, dout, b] = [widen(numbers(...shape)), numbers(...shape), numbers(shape.at(-1))];
    const exactly = () => 0;
    // Those marked exactly are one rounded operation, and the float64 result, rounded once more, is the same.
    for (const [make, forward, backward] of [
      [(runtime) => runtime.nodes.multiply(-0.75), exactly, exactly],
      [(runtime) => runtime.nodes.add(1.25), exactly, exactly],
      [(runtime) => runtime.nodes.addBias(b), exactly, exactly],
      [(runtime) => runtime.relu(), exactly, exactly],
      [(runtime) => runtime.nodes.reciprocal(), exactly, (dx) => 4 * EPSILON * dx], // y twice, its square, the product
      // exp and sigmoid are at most 2 ulp off. dx has that of y, and its own roundings.
      [(runtime) => runtime.nodes.exp(), (y) => 2 * ulp(y), (dx) => 5 * EPSILON * dx + 2 ** -149],
      // The error δ of y moves y·(1 − y) by δ·|1 − 2y|; three roundings follow.
      [
        (runtime) => runtime.sigmoid(),
        (y) => 2 * ulp(y),
        (dx, y, upstream) => 4 * EPSILON * dx + 2 * ulp(y) * Math.abs(upstream * (1 - 2 * y)) + 2 ** -149,
      ],
    ]) {
      const [layer, exact] = [make(ll), make(reference)];
      const what = `${layer.label} of (${shape})`;
      const [y, expected] = [layer.forward(x), exact.forward(x)];
      assert.deepEqual(y.shape, shape, what);
      const rounded = (data, tolerance) => (tolerance === exactly ? data.map(Math.fround) : data);
      assertClose(y.data, rounded(expected.data, forward), (i) => forward(Math.abs(expected.data[i])), `y of ${what}`);
      const [dx, expectedDx] = [layer.backward(dout), exact.backward(dout)];
      assert.deepEqual(dx.shape, shape, what);
      const upstream = dout.flat();
      const tolerance = (i) => backward(Math.abs(expectedDx.data[i]), expected.data[i], upstream[i]);
      assertClose(dx.data, rounded(expectedDx.data, backward), tolerance, `dx of ${what}`);
    }
  }
});

testEach('the example of one sample: X (2), W (2, 3), B (3)', (ll) => {
  const affine = ll.affine([[1, 2, 3], [4, 5, 6]], [10, 20, 30]);
  const y = affine.forward([1, 2]);
  assert.deepEqual([y.shape, y.toArray()], [[3], [19, 32, 45]]);
  assert.deepEqual(affine.backward([1, 10, 100]).toArray(), [321, 654]);
  assert.deepEqual(affine.dW.toArray(), [[1, 10, 100], [2, 20, 200]]);
  assert.deepEqual(affine.db.toArray(), [1, 10, 100]);
});

testEach('the example of a batch: dY [[1, 2, 3], [4, 5, 6]] gives db [5, 7, 9]', (ll) => {
  const affine = ll.affine([[0, 0, 0], [10, 10, 10]], [1, 2, 3]);
  assert.deepEqual(affine.forward([[0, 0], [1, 1]]).toArray(), [[1, 2, 3], [11, 12, 13]], 'the bias goes to every sample');
  assert.deepEqual(affine.backward([[1, 2, 3], [4, 5, 6]]).toArray(), [[0, 60], [0, 150]]);
  assert.deepEqual(affine.db.toArray(), [5, 7, 9]);
  assert.deepEqual(affine.dW.toArray(), [[4, 5, 6], [4, 5, 6]]);
});

testEach('the sigmoid keeps its output, which is all that backward needs', (ll) => {
  const sigmoid = ll.sigmoid();
  const x = ll.tensor([0, 1]);
  const y = sigmoid.forward(x).toArray();
  x.dispose();
  assertSame(sigmoid.backward([4, 4]).data, y.map((value) => Math.fround(Math.fround(4 * value) * Math.fround(1 - value))), 'dx');
  assert.equal(y[0], 0.5);
});

const opened = ({ sequential, nodes }) => sequential(nodes.multiply(-1), nodes.exp(), nodes.add(1), nodes.reciprocal());
const open = (ll) => opened({ sequential: (...layers) => ll.sequential(...layers), nodes: ll.nodes });

testEach('the sigmoid opened up into its four nodes computes what the folded one does, for |x| up to 15', (ll) => {
  const random = generator();
  const x = Array.from({ length: 3001 }, (_, i) => Math.fround((i - 1500) / 100));
  const dout = x.map(() => Math.fround(4 * random() - 2));
  const [nodes, sigmoid] = [open(ll), ll.sigmoid()];
  const [y, folded] = [nodes.forward(x), sigmoid.forward(x)];
  // exp is off by 2 ulp, 4 ε as a fraction; the sum and the quotient are rounded: 6 ε. The folded one is off by 2 ulp, 4 ε.
  assertClose(y.data, folded.data, (i) => 10 * EPSILON * folded.data[i], 'y');
  const [dx, foldedDx] = [nodes.backward(dout), sigmoid.backward(dout)];
  // Opened: y² has twice the 6 ε, exp(−x) its 4 ε, three products are rounded: 19 ε. Folded: 4 ε, three roundings; and 1 − y has
  // the error of y, 2 ulp of at most 1: not a fraction of what is left where y is near 1, which is why the opened one is better
  // there.
  const exact = x.map((value, i) => Math.abs(dout[i]) / ((1 + Math.exp(-value)) * (1 + Math.exp(value))));
  assertClose(dx.data, foldedDx.data, (i) => 26 * EPSILON * exact[i] + Math.abs(dout[i]) * 2 * ulp(folded.data[i]), 'dx');
});

testEach('where the opened and the folded sigmoid part: at −100 the opened one has no derivative, at 20 the folded one has lost it', (ll) => {
  const [nodes, sigmoid] = [open(ll), ll.sigmoid()];

  // exp(100) is infinite in float32, so that y = 1 / ∞ = 0: right. Backward multiplies −y² = −0 by exp's output, ∞: NaN.
  assert.equal(nodes.layers[1].forward([100]).data[0], Infinity);
  assert.equal(nodes.forward([-100]).data[0], 0);
  assert.ok(Number.isNaN(nodes.backward([1]).data[0]));
  // The folded one never computes exp(100): y and dx are nearly 0, as they should be.
  const y = sigmoid.forward([-100]).data[0];
  const dx = sigmoid.backward([1]).data[0];
  assert.ok(y >= 0 && y < 2 ** -140 && dx >= 0 && dx < 2 ** -140, `y ${y}, dx ${dx}`);

  // 1 + exp(−20) rounds to 1, so that y is 1 in both. The folded one knows only y, and 1 − y is 0; the opened one still has
  // exp(−20) = 2.06e-9, which is the derivative but for 4e-9 of it. Its error is that of exp, 2 ulp, and of products.
  assert.equal(sigmoid.forward([20]).data[0], 1);
  assert.equal(sigmoid.backward([1]).data[0], 0);
  assert.equal(nodes.forward([20]).data[0], 1);
  assertClose(nodes.backward([1]).data, [2.0611536e-9], () => 7 * EPSILON * 2.06e-9, 'dx at 20');

  // The reference has wider exponents and digits: it parts in the same ways, further out.
  const [exactNodes, exactSigmoid] = [opened(reference), reference.sigmoid()];
  exactNodes.forward([-1000]);
  exactSigmoid.forward([-1000]);
  assert.deepEqual([exactNodes.backward([1]).data[0], exactSigmoid.backward([1]).data[0]], [NaN, 0]);
});

testEach('a layer takes one sample, then a batch, then one sample again', (ll) => {
  const numbers = draw(generator());
  const [W, b] = [numbers(3, 2), numbers(2)];
  const used = ll.sequential(ll.affine(W, b), ll.sigmoid());
  for (const shape of [[3], [5, 3], [3], [1, 3], [9, 3], [2, 3]]) {
    const fresh = ll.sequential(ll.affine(W, b), ll.sigmoid());
    const [x, dout] = [numbers(...shape), numbers(...shape.slice(0, -1), 2)];
    assert.deepEqual(used.forward(x).toArray(), fresh.forward(x).toArray());
    assert.deepEqual(used.backward(dout).toArray(), fresh.backward(dout).toArray());
    used.parameters.forEach(({ name, grad }, i) => assert.deepEqual(grad.toArray(), fresh.parameters[i].grad.toArray(), name));
    fresh.dispose();
  }
});

testEach('a shape that does not fit is refused after those that do, too', (ll) => {
  const layer = ll.affine(3, 2);
  const net = ll.sequential(ll.sigmoid(), ll.affine(3, 2));
  for (const any of [layer, net]) {
    for (const shape of [[4, 3], [3]]) {
      any.forward(ll.zeros(shape));
      for (const wrong of [[4, 2], [3, 4], [4]]) assert.throws(() => any.forward(ll.zeros(wrong)), { code: 'ERR_LL_SHAPE' });
      assert.deepEqual(any.forward(ll.zeros([5, 3])).shape, [5, 2]);
    }
  }
});

testEach('backward without dx leaves the same gradients of the parameters, and no dx', (ll) => {
  const numbers = draw(generator());
  const { multiply, addBias, dot } = ll.nodes;
  const layers = [ll.affine(5, 5, { seed: 1, std: 1 }), dot(numbers(5, 5)), addBias(numbers(5)), ll.sigmoid(), multiply(2)];
  const nets = [ll.sequential(ll.affine(5, 7, { seed: 2 }), ll.sigmoid(), ll.affine(7, 5, { seed: 3 })), ll.sequential(ll.sequential(ll.relu()))];
  for (const any of [...layers, ...nets]) {
    any.forward(numbers(6, 5));
    const dout = numbers(6, 5);
    const dx = any.backward(dout, { dx: true });
    const expected = any.parameters.map(({ grad }) => grad.toArray());
    const sameDx = dx.toArray();
    for (const { grad } of any.parameters) grad.data.fill(NaN);
    assert.equal(any.backward(dout, { dx: false }), undefined, any.label);
    any.parameters.forEach(({ name, grad }, i) => assertSame(grad.toArray(), expected[i], `${any.label}, ${name}`));
    assert.throws(() => dx.data, { code: 'ERR_LL_STATE' }, 'it belongs to the pass before');
    assertSame(any.backward(dout).toArray(), sameDx, `${any.label}, dx again`);
  }
});

testEach('a row of a batch has the bits that it has alone, and a tensor those that a nested array has', (ll) => {
  const numbers = draw(generator());
  for (const [rows, inputs, outputs] of [[5, 3, 4], [9, 17, 11], [4, 8, 8]]) {
    const net = ll.sequential(ll.affine(numbers(inputs, outputs), numbers(outputs)), ll.sigmoid());
    const [x, dout] = [numbers(rows, inputs), numbers(rows, outputs)];
    const y = net.forward(x).toArray();
    const dx = net.backward(dout).toArray();
    x.forEach((row, i) => {
      for (const one of [row, [row], ll.tensor(row), ll.tensor([row])]) {
        assertSame(net.forward(one).data, y[i], `row ${i} of y`);
        assertSame(net.backward(net.forward(one).shape.length === 1 ? dout[i] : [dout[i]]).data, dx[i], `row ${i} of dx`);
      }
    });
  }
});

test('scalar and simd have the same bits for every layer', () => {
  const numbers = draw(generator());
  const [W, b, x, dout] = [numbers(7, 7), numbers(7), numbers(13, 7), numbers(13, 7)];
  const results = ['scalar', 'simd'].map((variant) => {
    const ll = start(variant);
    const { nodes } = ll;
    const layers = [ll.affine(W, b), ll.sigmoid(), ll.relu(), nodes.multiply(0.3), nodes.exp(), nodes.add(0.7), nodes.reciprocal()];
    layers.push(nodes.dot(W), nodes.addBias(b));
    return layers.flatMap((layer) => [
      ...layer.forward(x).toArray().flat(),
      ...layer.backward(dout).toArray().flat(),
      ...layer.parameters.flatMap(({ grad }) => grad.toArray().flat()),
    ]);
  });
  assertSame(results[1], results[0], 'simd');
});

testEach('a sequential names its parameters by their place, and they are those of its layers', (ll) => {
  const [first, second, dot] = [ll.affine(2, 3), ll.affine(3, 1), ll.nodes.dot([[1]])];
  const net = ll.sequential(first, ll.sigmoid(), second, ll.sequential(dot, ll.nodes.addBias([0])));
  assert.deepEqual(net.parameters.map(({ name }) => name), ['0.W', '0.b', '2.W', '2.b', '3.0.W', '3.1.b']);
  assert.deepEqual(first.parameters.map(({ name }) => name), ['W', 'b']);
  assert.equal(net.parameters[0].value, first.W);
  assert.equal(net.parameters[3].grad, second.db);
  assert.equal(net.parameters[4].value, dot.W);
  assert.equal(net.label, 'sequential(affine(2, 3), sigmoid, affine(3, 1), sequential(dot(1, 1), addBias(1)))');
  assert.deepEqual(net.forward([[1, 2]]).shape, [1, 1]);
  assert.deepEqual(net.backward([[1]]).shape, [1, 2]);
});

testEach('relu: 0 and below give 0 and let no gradient through; NaN goes through', (ll) => {
  for (const runtime of [ll, reference]) {
    const relu = runtime.relu();
    assert.deepEqual(relu.forward([-1, 0, 2, NaN, Infinity, -Infinity]).toArray(), [0, 0, 2, NaN, Infinity, 0]);
    assert.deepEqual(relu.backward([1, 2, 3, 4, 5, 6]).toArray(), [0, 0, 3, 4, 5, 0]);
    assert.deepEqual(relu.backward([Infinity, NaN, -Infinity, NaN, NaN, 6]).toArray(), [0, 0, -Infinity, NaN, NaN, 0]);
  }
});

test('a summary has a line for each layer, with shapes and counts', () => {
  const ll = start('simd');
  const net = ll.sequential(ll.relu(), ll.affine(784, 50), ll.sequential(ll.sigmoid(), ll.nodes.dot([[1, 2]])), ll.nodes.addBias([1, 2]));
  assert.equal(
    net.summary(),
    [
      'layer            output   parameters',
      'relu             (N, …)',
      'affine(784, 50)  (N, 50)      39,250  1.W (784, 50), 1.b (50,)',
      'sigmoid          (N, 50)',
      'dot(1, 2)        (N, 2)            2  2.1.W (1, 2)',
      'addBias(2)       (N, 2)            2  3.b (2,)',
      'all                           39,254',
    ].join('\n'),
  );
});

testEach('a sequential computes what its layers do one after the other', (ll) => {
  const numbers = draw(generator());
  const [W1, b1, W2, b2, x, dout] = [numbers(3, 5), numbers(5), numbers(5, 2), numbers(2), numbers(4, 3), numbers(4, 2)];
  const [a, s, c] = [ll.affine(W1, b1), ll.sigmoid(), ll.affine(W2, b2)];
  const y = c.forward(s.forward(a.forward(x))).toArray();
  const dx = a.backward(s.backward(c.backward(dout))).toArray();
  const gradients = [a.dW, a.db, c.dW, c.db].map((grad) => grad.toArray());
  for (const net of [
    ll.sequential(ll.affine(W1, b1), ll.sigmoid(), ll.affine(W2, b2)),
    ll.sequential(ll.sequential(ll.affine(W1, b1)), ll.sequential(ll.sigmoid(), ll.affine(W2, b2))),
    ll.sequential(ll.nodes.dot(W1), ll.nodes.addBias(b1), ll.sigmoid(), ll.nodes.dot(W2), ll.nodes.addBias(b2)),
  ]) {
    // addBias adds b last, affine starts with it: rounded otherwise. No sum here is above 64, and a few roundings change one by
    // a few times 64 ε at most; 10 allows for those that go through the second layer.
    const opened = net.label.includes('addBias');
    const compare = opened ? (actual, expected, what) => assertClose(actual, expected, () => 10 * 64 * EPSILON, what) : assertSame;
    compare(net.forward(x).toArray(), y, `y of ${net.label}`);
    compare(net.backward(dout).toArray(), dx, `dx of ${net.label}`);
    net.parameters.forEach(({ name, grad }, i) => compare(grad.toArray(), gradients[i], `the gradient of ${name} of ${net.label}`));
  }
});

test('weights from a seed: the same numbers in every variant and each time, other numbers from another seed', () => {
  const made = variants.map((variant) => {
    const ll = start(variant);
    const affine = ll.affine(5, 7, { seed: 42, std: 0.5 });
    assert.deepEqual([affine.label, affine.W.shape, affine.b.shape], ['affine(5, 7)', [5, 7], [7]]);
    assertSame(affine.b.data, Array(7).fill(0), 'b');
    assertSame(affine.W.data, ll.randn([5, 7], { seed: 42, std: 0.5 }).data, 'randn');
    assertSame(affine.W.data, ll.randn([35], { seed: 42 }).data.map((value) => value / 2), 'std scales');
    assert.notDeepEqual(affine.W.toArray(), ll.affine(5, 7, { seed: 43, std: 0.5 }).W.toArray());
    assert.notDeepEqual(ll.randn([9]).toArray(), ll.randn([9]).toArray(), 'no seed: others each time');
    for (const seed of [0, 2 ** 31, 2 ** 32 - 1]) assert.ok(ll.randn([100], { seed }).data.every(Number.isFinite), `seed ${seed}`);
    return affine.W.toArray();
  });
  assert.deepEqual(made[1], made[0]);
  assert.deepEqual(made[2], made[0]);
});

test('randn: mean 0 and standard deviation 1, that of new weights 0.01', () => {
  const ll = start('simd');
  const moments = (data) => {
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    return [mean, Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)];
  };
  // Of n numbers, the mean is off by about 1 / √n and the deviation by 1 / √2n: five times that is one case in two million, and
  // the seed is fixed.
  const n = 100_000;
  const [mean, deviation] = moments(ll.randn([n], { seed: 1 }).data);
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(n) && Math.abs(deviation - 1) < 5 / Math.sqrt(2 * n), `${mean}, ${deviation}`);
  const [, small] = moments(ll.affine(100, 1000, { seed: 1 }).W.data);
  assert.ok(Math.abs(small / 0.01 - 1) < 5 / Math.sqrt(2 * n), `${small}`);
});

test("affine: the book's initialisations by name, and zeros for b", () => {
  const ll = start('simd');
  for (const [std, expected] of [['xavier', 1 / Math.sqrt(784)], ['he', Math.sqrt(2 / 784)]]) {
    const affine = ll.affine(784, 50, { seed: 3, std });
    assertSame(affine.W.toArray(), ll.affine(784, 50, { seed: 3, std: expected }).W.toArray(), std);
    assertSame(affine.b.data, Array(50).fill(0), 'b');
  }
});
