// Threads change who computes, never what: the same bits as without them.

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';

import { load } from 'layerlens/threads';

import { assertSame } from '../api/harness.js';
import { alone, countShared, eager, idle, pass } from './harness.js';

function assertSamePass(ll, plain, sizes, what) {
  const expected = pass(plain, ...sizes);
  for (const [name, values] of Object.entries(pass(ll, ...sizes))) {
    assertSame(values, expected[name], `${what}, ${sizes.join(' × ')}, ${name}`);
  }
}

// Fewer rows or inputs than threads, fewer than a tile, tiles left over, empty batches.
const grid = [0, 1, 3, 4, 5, 9, 26].flatMap((rows) => [1, 2, 7, 8, 9, 33].map((inputs) => [rows, inputs, (rows + inputs) % 11 || 12]));

for (const variant of /** @type {const} */ (['simd', 'relaxed'])) {
  for (const threads of [1, 2, 3, 4]) {
    test(`${variant}, ${threads} threads: every size around the cuts`, async () => {
      const [ll, plain] = [await eager(threads, variant), alone(variant)];
      assert.deepEqual([ll.threads, ll.variant], [threads, variant]);
      for (const sizes of grid) assertSamePass(ll, plain, sizes, `${threads} threads`);
      ll.dispose();
    });
  }
}

test('the helpers alone compute the same', async (t) => {
  const plain = alone();
  for (const threads of [2, 3]) {
    const ll = await eager(threads);
    idle(t);
    for (const sizes of grid) assertSamePass(ll, plain, sizes, `${threads} threads`);
    t.mock.restoreAll();
    ll.dispose();
  }
});

test('large work is shared, small work stays with the thread that calls', async (t) => {
  const shared = countShared(t);
  const ll = await load({ threads: 2, variant: 'simd' });
  assertSamePass(ll, alone(), [30, 40, 50], 'small');
  assert.equal(shared(), 0);
  assertSamePass(ll, alone(), [300, 300, 200], 'large');
  // affine, dot and sigmoid, forward and backward each but for sigmoid's backward; exp forward
  assert.ok(shared() >= 6, `shared ${shared()} calls`);
  ll.dispose();
});

test('memory that grows in mid-use', async (t) => {
  const [ll, plain] = [await eager(3), alone()];
  const layers = [ll, plain].map((runtime) => runtime.affine(40, 30, { seed: 1, std: 1 }));
  const kept = ll.randn([1000], { seed: 5 });
  const before = kept.toArray();
  let { reserved } = ll.memory();
  let growths = 0;
  for (const rows of [10, 1000, 10_000, 50_000]) {
    const view = kept.data;
    const [y, expected] = layers.map((layer) => layer.forward(layer.runtime.randn([rows, 40], { seed: rows })));
    assertSame(y.data, expected.data, `y of ${rows} rows`);
    const [dx, wanted] = [layers[0].backward(y), layers[1].backward(expected)];
    assertSame(dx.data, wanted.data, `dx of ${rows} rows`);
    assertSame(layers[0].dW.data, layers[1].dW.data, `dW of ${rows} rows`);
    if (ll.memory().reserved > reserved) {
      growths++;
      assert.notEqual(kept.data.buffer, view.buffer, 'views are taken anew');
    }
    ({ reserved } = ll.memory());
    assert.deepEqual(kept.toArray(), before);
  }
  assert.ok(growths >= 2);
  assert.throws(() => ll.zeros([2 ** 29, 2]), { code: 'ERR_LL_MEMORY' });
  assert.deepEqual(kept.toArray(), before);
  assert.equal(layers[0].forward(new Float32Array(40)).size, 30);
  ll.dispose();
});

test('training ends with the same weights', async () => {
  const train = async (ll, optimizer) => {
    const x = ll.randn([70, 20], { seed: 1 });
    const t = Array.from({ length: 70 }, (_, i) => i % 5);
    const affine = (inputs, outputs) => ll.affine(inputs, outputs, { seed: inputs, std: 'he' });
    const net = ll.sequential(affine(20, 33), ll.relu(), affine(33, 17), ll.sigmoid(), affine(17, 5));
    const losses = [];
    const options = { epochs: 4, batchSize: 16, seed: 7 };
    for await (const { loss } of ll.train(net, ll.softmaxCrossEntropy(), ll[optimizer](), x, t, options)) losses.push(loss);
    return [losses, ...net.parameters.map(({ value }) => Array.from(value.data))];
  };
  for (const optimizer of ['momentum', 'adam']) {
    const expected = await train(alone(), optimizer);
    for (const threads of [2, 4]) {
      const ll = await eager(threads);
      (await train(ll, optimizer)).forEach((values, i) => assertSame(values, expected[i], `${optimizer}, ${threads} threads, ${i}`));
      ll.dispose();
    }
  }
});

test('many runtimes at once', async () => {
  const plain = alone();
  const runtimes = await Promise.all(Array.from({ length: 8 }, (_, i) => eager(1 + (i % 3))));
  const xs = runtimes.map((ll, i) => ll.randn([13, 21], { seed: i }));
  const layers = runtimes.map((ll, i) => ll.affine(21, 9, { seed: 100 + i, std: 1 }));
  for (let round = 0; round < 20; round++) {
    layers.forEach((layer, i) => {
      const expected = plain.affine(21, 9, { seed: 100 + i, std: 1 });
      assertSame(layer.forward(xs[i]).data, expected.forward(xs[i].toArray()).data, `y of runtime ${i}`);
      expected.dispose();
    });
  }
  assert.throws(() => layers[0].forward(xs[1]), { code: 'ERR_LL_STATE' });
  runtimes[1].dispose();
  assert.equal(layers[2].forward(xs[2]).size, 13 * 9, 'the others go on');
  for (const ll of runtimes) ll.dispose();
});

test('10,000 calls, to helpers that are awake and to some that sleep', async () => {
  const ll = await eager(3);
  const sigmoid = ll.sigmoid();
  const x = ll.randn([41], { seed: 1 });
  const expected = alone().sigmoid().forward(x.toArray()).toArray();
  for (let i = 0; i < 10_000; i++) {
    assert.deepEqual(sigmoid.forward(x).toArray(), expected);
    if (i % 100 === 0) await setImmediate();
  }
  ll.dispose();
});
