// Every gradient against central differences: what backward says is how the loss moves when one number moves a little.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { generator, seed } from '../random.js';
import { draw, start, variants } from './harness.js';

const numbers = draw(generator());
/** Away from 0, where 1 / x bends too much for differences. */
const apart = (list) => list.map((value) => (Array.isArray(value) ? apart(value) : Math.fround(value + Math.sign(value))));

const [W, V, b, c] = [numbers(3, 4), numbers(4, 2), numbers(4), numbers(2)];

/** @type {[make: (runtime: any) => any, inputs: number, outputs: number, x?: (x: any) => any][]} */
const layers = [
  [(runtime) => runtime.affine(W, b), 3, 4],
  [(runtime) => runtime.affine([[0.7]], [-0.3]), 1, 1],
  [(runtime) => runtime.sigmoid(), 4, 4],
  [(runtime) => runtime.relu(), 4, 4, apart], // away from the kink
  [(runtime) => runtime.nodes.multiply(-1.5), 4, 4],
  [(runtime) => runtime.nodes.exp(), 4, 4],
  [(runtime) => runtime.nodes.add(0.75), 4, 4],
  [(runtime) => runtime.nodes.reciprocal(), 4, 4, apart],
  [(runtime) => runtime.nodes.dot(W), 3, 4],
  [(runtime) => runtime.nodes.addBias(b), 4, 4],
  [(runtime) => runtime.sequential(runtime.affine(W, b), runtime.sigmoid()), 3, 4],
  [(runtime) => runtime.sequential(runtime.affine(W, b), runtime.sigmoid(), runtime.affine(V, c), runtime.sigmoid()), 3, 2],
  [
    (runtime) => {
      const { nodes } = runtime;
      return runtime.sequential(nodes.dot(W), nodes.addBias(b), nodes.multiply(-1), nodes.exp(), nodes.add(1), nodes.reciprocal());
    },
    3,
    4,
  ],
];

// Central differences of step h are off by f‴·h²/6, and by the rounding of the loss over h: 1e-10 and 1e-16·|loss| / h = 1e-10
// for the numbers here, of which none is above 100.
const STEP = 1e-5;
const DIFFERENCES = 1e-8;
// float32 rounds a number to 2⁻²⁴ of it. Gradients here are below 16, and four such roundings cover the few of each sum.
const KERNELS = 16 * 4 * 2 ** -24;

/** The gradients of a layer as lists: that of x, and those of its parameters. */
function gradients(layer, x, dout) {
  layer.forward(x);
  const dx = layer.backward(dout).toArray().flat();
  return { x: dx, ...Object.fromEntries(layer.parameters.map(({ name, grad }) => [name, grad.toArray().flat()])) };
}

/** The same from differences of the loss, Σ dout·y, in float64. */
function differences(layer, x, dout) {
  const input = reference.tensor(x);
  const upstream = reference.tensor(dout).data;
  const loss = () => layer.forward(input).data.reduce((sum, value, i) => sum + upstream[i] * value, 0);
  const slopes = (data) =>
    Array.from(data, (value, i) => {
      const [above, below] = [value + STEP, value - STEP].map((moved) => {
        data[i] = moved;
        return loss();
      });
      data[i] = value;
      return (above - below) / (2 * STEP);
    });
  return { x: slopes(input.data), ...Object.fromEntries(layer.parameters.map(({ name, value }) => [name, slopes(value.data)])) };
}

function assertGradients(actual, expected, tolerance, what) {
  assert.deepEqual(Object.keys(actual), Object.keys(expected), what);
  for (const [name, slopes] of Object.entries(expected)) {
    assert.equal(actual[name].length, slopes.length, `${what}: gradient of ${name}`);
    slopes.forEach((slope, i) => {
      const got = actual[name][i];
      assert.ok(Math.abs(got - slope) <= tolerance, `${what}: gradient of ${name}, element ${i}: expected ${slope}, got ${got} (SEED=${seed})`);
    });
  }
}

// A loss is checked through a layer, whose parameters show its gradient.
for (const [name, target] of [
  ['softmaxCrossEntropy', (rows) => Array.from({ length: rows }, (_, i) => i % 4)],
  ['softmaxCrossEntropy', (rows) => numbers(rows, 4).map((row) => row.map(Math.abs))],
  ['meanSquaredError', (rows) => numbers(rows, 4)],
]) {
  const batch = 3;
  const t = target(batch);
  test(`${name}, t ${Array.isArray(t[0]) ? 'as rows' : 'as classes'}: the gradients of every input and parameter`, () => {
    const x = numbers(batch, 3);
    for (const runtime of [reference, ...variants.map(start)]) {
      const layer = runtime.affine(W, b);
      const loss = runtime[name]();
      const value = loss.forward(layer.forward(x), t);
      layer.backward(loss.backward());
      const exact = reference.affine(W, b);
      const exactLoss = reference[name]();
      const now = () => exactLoss.forward(exact.forward(x), t);
      assert.ok(Math.abs(value - now()) <= (runtime === reference ? 0 : 1e-6 * Math.abs(now())), `${runtime.variant}: loss ${value}`);
      layer.parameters.forEach(({ name: parameter, grad }, k) => {
        const { data } = exact.parameters[k].value;
        data.forEach((before, i) => {
          const [above, below] = [STEP, -STEP].map((step) => {
            data[i] = before + step;
            return now();
          });
          data[i] = before;
          const slope = (above - below) / (2 * STEP);
          const got = grad.data[i];
          const tolerance = runtime === reference ? DIFFERENCES : KERNELS;
          assert.ok(Math.abs(got - slope) <= tolerance, `${runtime.variant}: ${parameter}[${i}]: expected ${slope}, got ${got} (SEED=${seed})`);
        });
      });
    }
  });
}

for (const [make, inputs, outputs, prepare = (x) => x] of layers) {
  const exact = make(reference);
  test(`${exact.label}: the gradients of every input and parameter`, async (t) => {
    t.diagnostic(`SEED=${seed}`);
    for (const batch of [[], [1], [3]]) {
      const [x, dout] = [prepare(numbers(...batch, inputs)), numbers(...batch, outputs)];
      const expected = differences(exact, x, dout);
      assert.ok(Object.values(expected).every((slopes) => slopes.some((slope) => slope !== 0)), 'the loss moves');
      assertGradients(gradients(exact, x, dout), expected, DIFFERENCES, `reference ${batch}`);
      for (const variant of variants) {
        assertGradients(gradients(make(start(variant)), x, dout), expected, KERNELS, `${variant} ${batch}`);
      }
    }
  });
}
