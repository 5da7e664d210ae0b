// Optimisers: what they keep, and for whom. Their numbers are held against PyTorch's in trajectories.test.js.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { reference } from 'layerlens/reference';

import { generator } from '../random.js';
import { assertClose, draw, start, testEach } from './harness.js';

const names = ['sgd', 'momentum', 'adagrad', 'adam'];

testEach('100 steps: as the reference takes them', (ll) => {
  for (const name of names) {
    const numbers = draw(generator());
    const [W, b, x, t] = [numbers(3, 2), numbers(2), numbers(8, 3), numbers(8, 2)];
    const run = (runtime) => {
      const [layer, loss, optimizer] = [runtime.affine(W, b), runtime.meanSquaredError(), runtime[name]({ lr: 0.05 })];
      let value;
      for (let i = 0; i < 100; i++) {
        value = loss.forward(layer.forward(x), t);
        layer.backward(loss.backward());
        optimizer.step(layer);
      }
      return [value, ...layer.parameters.flatMap((parameter) => Array.from(parameter.value.data))];
    };
    assertClose(run(ll), run(reference), () => 1e-5, name);
    assert.notDeepEqual(run(ll).slice(1), [...W.flat(), ...b]);
  }
});

testEach('what is kept: by parameter, under the names of PyTorch, zeros at first', (ll) => {
  const kept = { sgd: [], momentum: ['momentum_buffer'], adagrad: ['sum'], adam: ['exp_avg', 'exp_avg_sq'] };
  for (const name of names) {
    const net = ll.sequential(ll.affine(2, 3, { seed: 1 }), ll.sigmoid(), ll.affine(3, 1, { seed: 2 }));
    const optimizer = ll[name]();
    assert.equal(optimizer.name, name);
    const states = optimizer.state(net);
    assert.deepEqual(states.map((state) => state.name), ['0.W', '0.b', '2.W', '2.b']);
    states.forEach(({ step, tensors }, i) => {
      assert.equal(step, 0);
      assert.deepEqual(Object.keys(tensors), kept[name]);
      for (const tensor of Object.values(tensors)) {
        assert.deepEqual(tensor.shape, net.parameters[i].value.shape);
        assert.ok(tensor.data.every((value) => value === 0));
        assert.throws(() => tensor.dispose(), /a layer owns this tensor/);
      }
    });
    net.forward([[1, 2]]);
    net.backward([[1]]);
    optimizer.step(net);
    assert.deepEqual(optimizer.state(net).map(({ step }) => step), [1, 1, 1, 1]);
    for (const { tensors } of states) for (const tensor of Object.values(tensors)) assert.ok(tensor.data.some((value) => value !== 0));

    // What is written back is what the next step starts from, the count too.
    states[0].step = 41;
    optimizer.step(net);
    assert.deepEqual(optimizer.state(net).map(({ step }) => step), [42, 2, 2, 2]);
    assert.throws(() => (states[0].step = -1), /^ArgumentError: optimizer.state: step must be a whole number from 0 to 4294967295/);
    assert.throws(() => (states[0].name = 'x'), TypeError);
  }
});

/** What the book and the documentation say. */
const defaults = {
  sgd: { lr: 0.01 },
  momentum: { lr: 0.01, momentum: 0.9 },
  adagrad: { lr: 0.01, eps: 1e-10 },
  adam: { lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
};

for (const [name, options] of Object.entries(defaults)) {
  testEach(`${name} without options: as with ${JSON.stringify(options)}`, (ll) => {
    for (const runtime of [ll, reference]) {
      const steps = (given) => {
        const [layer, optimizer] = [runtime.affine([[1, 1, 1, 1]], [0, 0, 0, 0]), runtime[name](given)];
        for (const scale of [1, 2, -1]) {
          layer.forward([scale]);
          layer.backward([1, 0.5, 1e-8, 1e-10]); // the last ones are of eps' size
          optimizer.step(layer);
        }
        return Array.from(layer.W.data);
      };
      assert.deepEqual(steps(undefined), steps(options));
      for (const key of Object.keys(options)) {
        assert.notDeepEqual(steps({ ...options, [key]: options[key] * 0.99 }), steps(options), `${key} tells`);
      }
    }
  });
}

testEach('one optimiser for many networks: what it kept for those that are gone goes, too', (ll) => {
  const optimizer = ll.adam();
  const after = [];
  for (let i = 0; i < 5; i++) {
    const net = ll.sequential(ll.affine(3, 4, { seed: i }), ll.sigmoid());
    net.forward([1, 2, 3]);
    net.backward([1, 2, 3, 4]);
    optimizer.step(net);
    net.dispose();
    after.push(ll.memory());
  }
  assert.deepEqual(after, after.map(() => after[0]));
  optimizer.dispose();
  assert.equal(ll.memory().tensors, 0);
});

testEach('a tensor that is two parameters is refused, and keeps its numbers', (ll) => {
  const W = ll.tensor([[1, 2], [3, 4]]);
  const net = ll.sequential(ll.affine(W, [0, 0]), ll.affine(W, [0, 0]));
  net.forward([1, 2]);
  net.backward([1, 1]);
  for (const name of names) {
    const optimizer = ll[name]();
    for (let i = 0; i < 2; i++) {
      assert.throws(() => optimizer.step(net), /^ArgumentError: \w+.step: the tensor of 1.W is another parameter of sequential\(.*\) too; it would take two steps$/);
    }
    assert.deepEqual(W.toArray(), [[1, 2], [3, 4]]);
    optimizer.step(net.layers[0]);
    assert.notDeepEqual(W.toArray(), [[1, 2], [3, 4]]);
    W.data.set([1, 2, 3, 4]);
  }
});

testEach('the rate can be changed between steps', (ll) => {
  const layer = ll.affine([[1]], [0]);
  const optimizer = ll.sgd({ lr: 0.5 });
  layer.forward([1]);
  layer.backward([1]);
  optimizer.step(layer);
  assert.deepEqual(layer.W.toArray(), [[0.5]]);
  assert.equal(optimizer.lr, 0.5);
  optimizer.lr = 0.25;
  optimizer.step(layer);
  assert.deepEqual([optimizer.lr, layer.W.toArray()], [0.25, [[0.25]]]);
  assert.throws(() => (optimizer.lr = NaN), /^ArgumentError: sgd: lr must be finite and not negative, got NaN/);
  assert.equal(optimizer.lr, 0.25);
});

testEach('allocated once, at the first step, and freed by dispose', (ll) => {
  const net = ll.sequential(ll.affine(2, 3, { seed: 1 }), ll.affine(3, 1, { seed: 2 }));
  net.forward([[1, 2]]);
  net.backward([[1]]);
  const before = ll.memory();
  const optimizer = ll.adam();
  assert.deepEqual(ll.memory(), before);
  optimizer.step(net);
  const after = ll.memory();
  assert.equal(after.tensors, before.tensors + 8);
  for (let i = 0; i < 10; i++) optimizer.step(net);
  assert.deepEqual(ll.memory(), after);
  const [{ tensors }] = optimizer.state(net);
  optimizer.dispose();
  optimizer.dispose();
  assert.deepEqual(ll.memory(), before);
  assert.throws(() => tensors.exp_avg.data, /^StateError: tensor.data: the adam optimiser was disposed of/);
  assert.throws(() => optimizer.step(net), /^StateError: adam.step: this optimiser was disposed of/);
});

testEach('one optimiser, two networks: each has its own steps', (ll) => {
  const optimizer = ll.adam();
  const [one, two] = [ll.affine([[1]], [0]), ll.affine([[1]], [0])];
  for (const layer of [one, one, one, two]) {
    layer.forward([1]);
    layer.backward([1]);
    optimizer.step(layer);
  }
  assert.deepEqual([one, two].map((layer) => optimizer.state(layer)[0].step), [3, 1]);
  const fresh = ll.affine([[1]], [0]);
  fresh.forward([1]);
  fresh.backward([1]);
  ll.adam().step(fresh);
  assert.deepEqual(two.W.toArray(), fresh.W.toArray());
});

test('no memory for all that it keeps: no parameter is moved', () => {
  const ll = start('simd');
  const layer = ll.affine(1, 100, { seed: 1 });
  layer.forward([1]);
  layer.backward(Array(100).fill(1));
  const parameters = () => layer.parameters.map(({ value }) => value.toArray());
  const [before, optimizer, fill] = [parameters(), ll.adam(), []];
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('no');
  };
  try {
    assert.throws(() => {
      for (;;) fill.push(ll.zeros([100]));
    }, { code: 'ERR_LL_MEMORY' });
    // One tensor for W, of two; then two for W, but only one of b's.
    for (const free of [1, 2]) {
      for (let i = 0; i < free; i++) fill.pop().dispose();
      assert.throws(() => optimizer.step(layer), { code: 'ERR_LL_MEMORY' });
      assert.deepEqual(parameters(), before);
    }
    fill.pop().dispose();
    optimizer.step(layer);
    assert.notDeepEqual(parameters(), before);
    assert.deepEqual(optimizer.state(layer).map(({ step }) => step), [1, 1]);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
});
