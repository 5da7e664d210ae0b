// A trace against the layers themselves: what it says was read and written is what they read and wrote, to the bit.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { trace } from 'layerlens';
import { reference } from 'layerlens/reference';

import { generator } from '../random.js';
import { assertSame, draw, start, testEach } from './harness.js';

const formulas = (steps) => steps.map(({ formula }) => formula);
const rowsOf = (array) => (Array.isArray(array[0]) ? array : [array]);

/** Layers in a row, those of inner sequentials too, with the prefix of their names. */
const flatten = (layer, path = '') =>
  layer.layers ? layer.layers.flatMap((inner, i) => flatten(inner, `${path}${i}.`)) : [{ layer, path }];

/** Every number of a pass by the name that a trace gives it, from the layers themselves, called one by one. */
function numbersOf(layer, x, dout) {
  const numbers = new Map();
  const rankOne = !Array.isArray(x[0]);
  const record = (name, array, flat = rankOne) =>
    rowsOf(array).forEach((row, i) => row.forEach((value, j) => numbers.set(flat ? `${name}[${j}]` : `${name}[${i}][${j}]`, value)));
  const parts = flatten(layer);
  /** The names of a layer's output and of the gradient with respect to it; −1 is the input. */
  const output = (k) => (k < 0 ? 'x' : k === parts.length - 1 ? 'y' : `${parts[k].path}y`);
  const gradient = (k) => (k === parts.length - 1 ? 'dout' : `d${output(k)}`);

  record('x', x);
  let value = x;
  parts.forEach(({ layer }, k) => {
    value = layer.forward(value).toArray();
    record(output(k), value);
  });
  record('dout', dout);
  value = dout;
  for (let k = parts.length - 1; k >= 0; k--) {
    const { layer, path } = parts[k];
    value = layer.backward(value).toArray();
    record(gradient(k - 1), value);
    for (const { name, value, grad } of layer.parameters) {
      record(path + name, value.toArray(), name === 'b');
      record(`d${path}${name}`, grad.toArray(), name === 'b');
    }
  }
  return { numbers, parts, output, gradient };
}

/** A formula as JavaScript, its names replaced by the numbers read. */
function evaluate({ formula, reads }) {
  const [, right] = formula.split(' = ');
  const values = new Map(reads.map(({ ref, value }) => [ref, value]));
  const names = [...values.keys()].sort((a, b) => b.length - a.length);
  const put = names.reduce((text, name) => text.replaceAll(name, `{${names.indexOf(name)}}`), right);
  const script = put
    .replace(/\(−(\{\d+\})²\)/g, '(-($1 * $1))')
    .replace(/exp|max/g, 'Math.$&')
    .replace(/≤/g, '<=')
    .replace(/\|(\{\d+\})\|/g, 'Math.abs($1)')
    .replace(/·/g, '*')
    .replace(/−/g, '-')
    .replace(/\{(\d+)\}/g, (_, i) => `(${values.get(names[i])})`);
  return Function(`return ${script}`)();
}

/**
 * Checks everything that every trace must fulfil.
 * @param {any} layer
 * @param {number[] | number[][]} x
 * @param {number[] | number[][]} dout
 * @param {string} variant
 */
function checkTrace(layer, x, dout, variant) {
  const steps = trace(layer, x, dout);
  const { numbers, parts, output, gradient } = numbersOf(layer, x, dout);
  const what = (step) => `${variant}, ${layer.label}: ${step.formula}`;

  // Each number that isn't given is written once; those that are read are given or were written before.
  const written = new Set();
  const given = new Set([...numbers.keys()].filter((ref) => /^x|^dout|^(\d+\.)*[Wb]\[/.test(ref)));
  for (const step of steps) {
    for (const { ref, value } of step.reads) {
      assert.ok(given.has(ref) || written.has(ref), `${what(step)}: reads ${ref} too early`);
      assertSame([value], [numbers.get(ref)], `${what(step)}: reads ${ref}`);
    }
    for (const { ref, value } of step.writes) {
      assert.ok(!written.has(ref) && !given.has(ref), `${what(step)}: writes ${ref} again`);
      written.add(ref);
      assertSame([value], [numbers.get(ref)], `${what(step)}: writes ${ref}`);
    }
  }
  assert.deepEqual([...numbers.keys()].filter((ref) => !given.has(ref)).sort(), [...written].sort());

  // Forward goes through the layers in their order, backward the other way; within one, op after op, element after element.
  const ops = ['broadcast', 'y', 'dx', 'dW', 'db'];
  const layerOf = ({ pass, writes: [{ ref }] }) =>
    parts.findIndex(({ path }, k) => {
      const results = pass === 'forward' ? [`${output(k)}[`] : [`${gradient(k - 1)}[`, `d${path}W[`, `d${path}b[`];
      return results.some((name) => ref.startsWith(name));
    });
  const elementOf = ({ writes: [{ ref }] }) => ref.match(/\[.*$/)[0].match(/\d+/g).map(Number);
  let last = [0, 0, 0, []];
  for (const step of steps) {
    if (step.op === 'broadcast') {
      assert.deepEqual([step.writes, step.partials], [[], []], what(step));
      assert.equal(step.formula, `${step.reads.map(({ ref }) => ref).join(', ')} → N = ${x.length}`);
      continue;
    }
    assert.equal(step.writes.length, 1, what(step));
    const k = layerOf(step);
    assert.equal(step.layer, parts[k].layer.name, what(step));
    const now = step.pass === 'forward' ? [0, k] : [1, parts.length - 1 - k];
    now.push(ops.indexOf(step.op), elementOf(step));
    const first = now.flat().findIndex((value, i) => value !== last.flat()[i]);
    assert.ok(first >= 0 && now.flat()[first] > (last.flat()[first] ?? -1), `${what(step)}: out of order`);
    last = now;
  }
  assert.deepEqual(last.slice(0, 2), [1, parts.length - 1], 'it ends with the first layer going backward');

  for (const step of steps) {
    if (step.op === 'broadcast') continue;
    const [{ ref, value }] = step.writes;
    // The formula names what is read, in its order, and computes what is written.
    assert.ok(step.formula.startsWith(`${ref} = `), what(step));
    let from = ref.length + 3;
    for (const read of step.reads) {
      from = step.formula.indexOf(read.ref, from);
      assert.ok(from >= 0, `${what(step)}: ${read.ref} is missing, or not where it was read`);
    }
    // float64 against float32: 1e-4 of the sum of absolute values is much more than all roundings, much less than a wrong term.
    const scale = 1 + step.reads.reduce((sum, read) => sum + Math.abs(read.value), 0) ** 2;
    assert.ok(Math.abs(evaluate(step) - value) <= 1e-4 * scale, `${what(step)}: is ${evaluate(step)}, written ${value}`);

    // Where the sum stands after each term.
    if (['affine', 'dot'].includes(step.layer) || step.op === 'db') {
      assertSame([step.partials.at(-1)], [value], `${what(step)}: the last partial`);
      const terms = step.formula.split(' = ')[1].split(' + ');
      assert.equal(step.partials.length, terms.length, what(step));
      if (variant === 'scalar' || variant === 'simd') {
        // These round each product and each sum.
        let sum = 0;
        let k = 0;
        const expected = terms.map((term) => {
          const factors = step.reads.slice(k, (k += term.split('·').length)).map((read) => read.value);
          sum = Math.fround(sum + factors.reduce((product, factor) => Math.fround(product * factor)));
          return sum;
        });
        assertSame(step.partials, expected, `${what(step)}: partials`);
      }
    } else {
      assert.deepEqual(step.partials, [], what(step));
    }
  }

  // What `local` says is what backward answers to ones.
  for (const { layer } of parts) {
    if (layer.parameters.length > 0 || parts.length > 1) continue;
    const ones = Array.isArray(dout[0]) ? dout.map((row) => row.map(() => 1)) : dout.map(() => 1);
    const locals = steps.filter(({ pass }) => pass === 'backward').map(({ local }) => local);
    assertSame(locals, layer.backward(ones).toArray(), `${variant}, ${layer.label}: local`);
  }
  return steps;
}

/** @returns {[make: (runtime: any) => any, inputs: number, outputs: number][]} each kind of layer, alone and in a row */
function layersOf(numbers, inputs, outputs) {
  const [W, b, V, c, square] = [numbers(inputs, outputs), numbers(outputs), numbers(outputs, 2), numbers(2), numbers(inputs)];
  return [
    [(runtime) => runtime.affine(W, b), inputs, outputs],
    [(runtime) => runtime.sigmoid(), inputs, inputs],
    [(runtime) => runtime.relu(), inputs, inputs],
    [(runtime) => runtime.nodes.multiply(-1.5), inputs, inputs],
    [(runtime) => runtime.nodes.exp(), inputs, inputs],
    [(runtime) => runtime.nodes.add(-0.25), inputs, inputs],
    [(runtime) => runtime.nodes.reciprocal(), inputs, inputs],
    [(runtime) => runtime.nodes.dot(W), inputs, outputs],
    [(runtime) => runtime.nodes.addBias(square), inputs, inputs],
    [(runtime) => runtime.sequential(runtime.affine(W, b), runtime.sigmoid(), runtime.affine(V, c)), inputs, 2],
    [
      (runtime) =>
        runtime.sequential(
          runtime.nodes.add(0.5),
          runtime.sequential(runtime.nodes.dot(W), runtime.nodes.addBias(b)),
          runtime.sequential(runtime.sequential(runtime.sigmoid())),
        ),
      inputs,
      outputs,
    ],
  ];
}

testEach('every layer, up to 6 numbers wide, one sample and batches of up to 8', (ll, variant) => {
  const numbers = draw(generator());
  for (const [inputs, outputs] of [[1, 1], [2, 3], [3, 2], [6, 5], [5, 6], [4, 4]]) {
    for (const batch of [[], [1], [2], [5], [8]]) {
      for (const [make, columns, results] of layersOf(numbers, inputs, outputs)) {
        checkTrace(make(ll), numbers(...batch, columns), numbers(...batch, results), variant);
      }
    }
  }
});

test('the reference as the runtime', () => {
  const numbers = draw(generator());
  for (const batch of [[], [3]]) {
    for (const [make, columns, results] of layersOf(numbers, 3, 2)) {
      checkTrace(make(reference), numbers(...batch, columns), numbers(...batch, results), 'reference');
    }
  }
});

testEach('affine, a batch of two: each step in its words', (ll) => {
  const steps = trace(ll.affine([[1, 2], [3, 4]], [5, 6]), [[1, 2], [3, 4]], [[1, 0], [0, 1]]);
  assert.deepEqual(formulas(steps), [
    'b[0], b[1] → N = 2',
    'y[0][0] = b[0] + x[0][0]·W[0][0] + x[0][1]·W[1][0]',
    'y[0][1] = b[1] + x[0][0]·W[0][1] + x[0][1]·W[1][1]',
    'y[1][0] = b[0] + x[1][0]·W[0][0] + x[1][1]·W[1][0]',
    'y[1][1] = b[1] + x[1][0]·W[0][1] + x[1][1]·W[1][1]',
    'dx[0][0] = dout[0][0]·W[0][0] + dout[0][1]·W[0][1]',
    'dx[0][1] = dout[0][0]·W[1][0] + dout[0][1]·W[1][1]',
    'dx[1][0] = dout[1][0]·W[0][0] + dout[1][1]·W[0][1]',
    'dx[1][1] = dout[1][0]·W[1][0] + dout[1][1]·W[1][1]',
    'dW[0][0] = x[0][0]·dout[0][0] + x[1][0]·dout[1][0]',
    'dW[0][1] = x[0][0]·dout[0][1] + x[1][0]·dout[1][1]',
    'dW[1][0] = x[0][1]·dout[0][0] + x[1][1]·dout[1][0]',
    'dW[1][1] = x[0][1]·dout[0][1] + x[1][1]·dout[1][1]',
    'db[0] = dout[0][0] + dout[1][0]',
    'db[1] = dout[0][1] + dout[1][1]',
  ]);
  assert.deepEqual(steps[1], {
    pass: 'forward',
    layer: 'affine',
    op: 'y',
    reads: [
      { ref: 'b[0]', value: 5 },
      { ref: 'x[0][0]', value: 1 },
      { ref: 'W[0][0]', value: 1 },
      { ref: 'x[0][1]', value: 2 },
      { ref: 'W[1][0]', value: 3 },
    ],
    writes: [{ ref: 'y[0][0]', value: 12 }],
    formula: 'y[0][0] = b[0] + x[0][0]·W[0][0] + x[0][1]·W[1][0]',
    partials: [5, 6, 12],
  });
});

testEach('affine, one sample: x has one index, and nothing is broadcast', (ll) => {
  assert.deepEqual(formulas(trace(ll.affine([[1, 2], [3, 4]], [5, 6]), [1, 2], [1, 0])), [
    'y[0] = b[0] + x[0]·W[0][0] + x[1]·W[1][0]',
    'y[1] = b[1] + x[0]·W[0][1] + x[1]·W[1][1]',
    'dx[0] = dout[0]·W[0][0] + dout[1]·W[0][1]',
    'dx[1] = dout[0]·W[1][0] + dout[1]·W[1][1]',
    'dW[0][0] = x[0]·dout[0]',
    'dW[0][1] = x[0]·dout[1]',
    'dW[1][0] = x[1]·dout[0]',
    'dW[1][1] = x[1]·dout[1]',
    'db[0] = dout[0]',
    'db[1] = dout[1]',
  ]);
});

testEach('the graph of the sigmoid, of a scalar: names without an index', (ll) => {
  const { nodes } = ll;
  const steps = trace(ll.sequential(nodes.multiply(-1), nodes.exp(), nodes.add(1), nodes.reciprocal()), 0, 1);
  assert.deepEqual(
    steps.map(({ layer, op, formula, writes: [{ value }], local }) => [layer, op, formula, value, local]),
    [
      ['multiply', 'y', '0.y = x·(−1)', -0, undefined],
      ['exp', 'y', '1.y = exp(0.y)', 1, undefined],
      ['add', 'y', '2.y = 1.y + 1', 2, undefined],
      ['reciprocal', 'y', 'y = 1 / 2.y', 0.5, undefined],
      ['reciprocal', 'dx', 'd2.y = dout·(−y²)', -0.25, -0.25],
      ['add', 'dx', 'd1.y = d2.y·1', -0.25, 1],
      ['exp', 'dx', 'd0.y = d1.y·1.y', -0.25, 1],
      ['multiply', 'dx', 'dx = d0.y·(−1)', 0.25, -1],
    ],
  );
  assert.deepEqual(steps.map(({ pass }) => pass), [...Array(4).fill('forward'), ...Array(4).fill('backward')]);
  assert.deepEqual(formulas(trace(ll.sigmoid(), 0, 1)), ['y = 1 / (1 + exp(−x))', 'dx = dout·y·(1 − y)']);
  assert.deepEqual(formulas(trace(nodes.multiply(2), 3, 1)), ['y = x·2', 'dx = dout·2']);
  assert.deepEqual(formulas(trace(nodes.add(-2), 3, 1)), ['y = x + (−2)', 'dx = dout·1']);
  // Only tensors of one number go without an index.
  assert.deepEqual(formulas(trace(ll.affine([[2]], [1]), 3, 1)), ['y = b + x·W', 'dx = dout·W', 'dW = x·dout', 'db = dout']);
  assert.deepEqual(formulas(trace(ll.nodes.dot([[2, 3]]), 1, [1, 1])), [
    ...['y[0] = x·W[0][0]', 'y[1] = x·W[0][1]', 'dx = dout[0]·W[0][0] + dout[1]·W[0][1]'],
    ...['dW[0][0] = x·dout[0]', 'dW[0][1] = x·dout[1]'],
  ]);
});

testEach('a bias alone: added to every sample, its gradient summed over them', (ll) => {
  assert.deepEqual(formulas(trace(ll.nodes.addBias([1, 2]), [[3, 4], [5, 6]], [[1, 2], [3, 4]])), [
    'b[0], b[1] → N = 2',
    ...['y[0][0] = x[0][0] + b[0]', 'y[0][1] = x[0][1] + b[1]', 'y[1][0] = x[1][0] + b[0]', 'y[1][1] = x[1][1] + b[1]'],
    ...['dx[0][0] = dout[0][0]', 'dx[0][1] = dout[0][1]', 'dx[1][0] = dout[1][0]', 'dx[1][1] = dout[1][1]'],
    ...['db[0] = dout[0][0] + dout[1][0]', 'db[1] = dout[0][1] + dout[1][1]'],
  ]);
});

testEach('other names, and those of inner sequentials', (ll) => {
  const names = { x: 'X', dx: 'dX', y: 'Y', dout: 'dY', '0.W': 'W', '0.b': 'B', 'd0.W': 'dW', 'd0.b': 'dB', '0.y': 'A', 'd0.y': 'dA' };
  const net = ll.sequential(ll.affine([[2]], [1]), ll.sigmoid());
  assert.deepEqual(formulas(trace(net, 3, 1, { names })), [
    ...['A = B + X·W', 'Y = 1 / (1 + exp(−A))', 'dA = dY·Y·(1 − Y)', 'dX = dA·W', 'dW = X·dA', 'dB = dA'],
  ]);
  assert.deepEqual(formulas(trace(ll.sequential(ll.sequential(ll.sigmoid()), ll.sequential(ll.nodes.dot([[2]]))), [3], [1])), [
    ...['0.0.y[0] = 1 / (1 + exp(−x[0]))', 'y[0] = 0.0.y[0]·1.0.W[0][0]', 'd0.0.y[0] = dout[0]·1.0.W[0][0]'],
    ...['d1.0.W[0][0] = 0.0.y[0]·dout[0]', 'dx[0] = d0.0.y[0]·0.0.y[0]·(1 − 0.0.y[0])'],
  ]);
  assert.deepEqual(formulas(trace(ll.sigmoid(), 1, 1, { names: undefined })), ['y = 1 / (1 + exp(−x))', 'dx = dout·y·(1 − y)']);
});

testEach('tensors and typed arrays as x and dout', (ll) => {
  const net = ll.sequential(ll.affine([[1, 2], [3, 4]], [5, 6]), ll.sigmoid());
  const expected = trace(net, [[1, 2]], [[3, 4]]);
  assert.deepEqual(trace(net, ll.tensor([[1, 2]]), ll.tensor([[3, 4]])), expected);
  assert.deepEqual(trace(net, [new Float32Array([1, 2])], [new Float64Array([3, 4])]), expected);
});

testEach('the layer goes on afterwards, from the pass that was traced', (ll) => {
  const net = ll.sequential(ll.affine([[1, 2], [3, 4]], [5, 6]), ll.nodes.multiply(2));
  const x = ll.tensor([[1, 2]]);
  trace(net, x, [[1, 1]]);
  x.dispose();
  assert.deepEqual(net.backward([[1, 0]]).toArray(), [[2, 6]]);
  assert.deepEqual(net.parameters[0].grad.toArray(), [[2, 0], [4, 0]]);
  assert.deepEqual(net.forward([1, 1]).toArray(), [18, 24]);
});

testEach('NaN and infinities are data in a trace, too', (ll) => {
  const steps = trace(ll.affine([[Infinity], [1]], [0]), [0, 5], [NaN]);
  assertSame(steps[0].partials, [0, NaN, NaN], 'partials');
  assertSame(steps[1].writes.map(({ value }) => value), [NaN], 'dx');
});
