// Who owns a tensor, how long it can be read, and when its memory comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { trace } from 'layerlens';

import { generator, seed } from '../random.js';
import { draw, run, start, testEach } from './harness.js';

const gone = { code: 'ERR_LL_STATE' };
const inUse = (ll) => {
  const { tensors, bytes } = ll.memory();
  return { tensors, bytes };
};
const nothing = { tensors: 0, bytes: 0 };
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

testEach("a layer's results can be read until its next pass; a clone stays", (ll) => {
  const affine = ll.affine([[1, 2], [3, 4]], [5, 6]);
  const y = affine.forward([[1, 0]]);
  const dx = affine.backward([[1, 0]]);
  assert.deepEqual([y.toArray(), dx.toArray()], [[[6, 8]], [[1, 3]]], 'backward leaves y');
  const kept = y.clone();

  const next = affine.forward([[0, 1]]);
  assert.throws(() => y.toArray(), gone);
  assert.deepEqual(dx.toArray(), [[1, 3]], 'forward leaves dx');
  assert.deepEqual([kept.toArray(), next.toArray()], [[[6, 8]], [[8, 10]]]);

  affine.backward([[0, 1]]);
  assert.throws(() => dx.toArray(), gone);
  assert.deepEqual(next.toArray(), [[8, 10]]);
  assert.deepEqual(affine.forward(kept).toArray(), [[35, 50]], 'a clone is a tensor like any other');
});

testEach('gradients are overwritten by each backward, never accumulated', (ll) => {
  const affine = ll.affine([[1, 2]], [3, 4]);
  const { dW, db } = affine;
  assert.deepEqual([dW.toArray(), db.toArray()], [[[0, 0]], [0, 0]], 'zeros before the first backward');
  for (let i = 0; i < 3; i++) {
    affine.forward([[2], [3]]);
    affine.backward([[1, 10], [1, 10]]);
    assert.deepEqual([dW.toArray(), db.toArray()], [[[5, 50]], [2, 20]]);
  }
  assert.equal(affine.dW, dW, 'the same tensors each time');
});

testEach('what is written to data is what the layers read', (ll) => {
  const x = ll.tensor([1]);
  const affine = ll.affine([[2]], [3]);
  assert.deepEqual(affine.forward(x).toArray(), [5]);
  x.data[0] = 10;
  affine.W.data[0] = 4;
  affine.b.data.fill(0);
  assert.deepEqual(affine.forward(x).toArray(), [40]);
});

testEach('memory() counts each tensor, and comes back to nothing', (ll) => {
  assert.deepEqual(inUse(ll), nothing);
  const tensors = [ll.zeros([3]), ll.tensor([[1, 2, 3, 4, 5]]), ll.randn([10, 10])];
  // Sizes are rounded up to classes, four for each doubling: 12 B to 16, 20 to 32, 400 to 448.
  assert.deepEqual(inUse(ll), { tensors: 3, bytes: 16 + 32 + 448 });
  const copy = tensors[0].clone();
  assert.deepEqual(inUse(ll), { tensors: 4, bytes: 16 + 32 + 448 + 16 });
  copy.dispose();
  tensors.forEach((tensor) => tensor.dispose());
  assert.deepEqual(inUse(ll), nothing);

  const affine = ll.affine([[1, 2], [3, 4]], [5, 6]);
  assert.deepEqual(inUse(ll), { tensors: 4, bytes: 64 }, 'W, b, dW and db');
  const sigmoid = ll.sigmoid();
  assert.deepEqual(inUse(ll), { tensors: 4, bytes: 64 }, 'a layer takes room at its first pass');
  sigmoid.forward(affine.forward([[1, 2]]));
  assert.deepEqual(inUse(ll), { tensors: 7, bytes: 112 }, "a nested array's copy and two results");
  affine.backward(sigmoid.backward([[1, 1]]));
  assert.deepEqual(inUse(ll), { tensors: 10, bytes: 160 });
  affine.dispose();
  assert.deepEqual(inUse(ll), { tensors: 3, bytes: 48 });
  sigmoid.dispose();
  assert.deepEqual(inUse(ll), nothing);

  // A result that outgrows its place moves, and leaves none behind.
  const exp = ll.nodes.exp();
  for (const n of [1, 1000, 2, 5000, 3]) exp.forward(ll.zeros([n])).clone().dispose();
  exp.dispose();
  assert.deepEqual(inUse(ll), { tensors: 5, bytes: [16, 4096, 16, 20480, 16].reduce((sum, bytes) => sum + bytes) }, 'the zeros');
  ll.dispose();
});

testEach('memory() comes back to nothing after a network and its trace', (ll) => {
  const net = ll.sequential(ll.affine(2, 3, { seed: 1 }), ll.sequential(ll.sigmoid(), ll.nodes.dot([[1], [2], [3]])), ll.nodes.addBias([1]));
  net.backward(net.forward([[1, 2], [3, 4]]));
  trace(net, [[1, 2]], [[1]]);
  assert.notDeepEqual(inUse(ll), nothing);
  net.dispose();
  assert.deepEqual(inUse(ll), nothing);
});

testEach('a trace leaves nothing behind but what the layers keep', (ll) => {
  const net = ll.sequential(ll.affine([[1, 2], [3, 4]], [5, 6]), ll.sigmoid());
  trace(net, [[1, 2]], [[1, 1]]);
  const before = inUse(ll);
  for (let i = 0; i < 10; i++) trace(net, [[1, 2]], [[1, 1]]);
  assert.deepEqual(inUse(ll), before);
});

testEach('disposing twice is harmless, and gives the memory back once', (ll) => {
  for (const free of ['dispose', dispose]) {
    const tensor = ll.tensor([1]);
    const net = ll.sequential(ll.affine([[1]], [2]));
    const y = net.forward([3]);
    for (let i = 0; i < 3; i++) {
      tensor[free]();
      net.layers[0][free]();
      net[free]();
    }
    assert.deepEqual(inUse(ll), nothing);
    for (const each of [tensor, y, net.parameters[0].value, net.parameters[1].grad]) assert.throws(() => each.data, gone);

    // Were a place given back twice, two of these would share it.
    const many = Array.from({ length: 20 }, (_, i) => ll.tensor([i]));
    many.forEach((each, i) => assert.deepEqual(each.toArray(), [i]));
    many.forEach((each) => each[free]());
  }
  const tensor = ll.tensor([1]);
  for (let i = 0; i < 2; i++) {
    ll[dispose]();
    ll.dispose();
    tensor.dispose();
  }
});

testEach("a layer frees what it made, and not the user's tensors", (ll) => {
  const [W, b, x] = [ll.tensor([[2]]), ll.tensor([1]), ll.tensor([3])];
  const affine = ll.affine(W, b);
  const y = affine.forward(x);
  affine.dispose();
  assert.deepEqual([W.toArray(), b.toArray(), x.toArray()], [[[2]], [1], [3]]);
  for (const tensor of [y, affine.dW, affine.db]) assert.throws(() => tensor.data, gone);
  for (const tensor of [W, b, x]) tensor.dispose();
  assert.deepEqual(inUse(ll), nothing);
});

testEach('two layers share their weights', (ll) => {
  const W = ll.tensor([[2]]);
  const [one, two] = [ll.affine(W, [0]), ll.nodes.dot(W)];
  one.forward([3]);
  two.forward([5]);
  one.backward([1]);
  two.backward([1]);
  assert.deepEqual([one.dW.toArray(), two.dW.toArray()], [[[3]], [[5]]], 'each has a gradient of its own');
  one.dispose();
  assert.deepEqual(two.forward([1]).toArray(), [2]);

  const made = ll.affine([[7]], [0]);
  const third = ll.nodes.dot(made.W);
  assert.deepEqual(third.forward([1]).toArray(), [7]);
  third.dispose();
  assert.deepEqual(made.forward([1]).toArray(), [7], 'the first layer has made W and keeps it');
});

testEach("another layer's result as weights: read while it is there, never freed", (ll) => {
  const sigmoid = ll.sigmoid();
  const y = sigmoid.forward([[0, 0], [0, 0]]);
  const dot = ll.nodes.dot(y);
  assert.deepEqual(dot.forward([2, 4]).toArray(), [3, 3]);
  dot.dispose();
  const others = Array.from({ length: 8 }, () => ll.tensor([[9, 9], [9, 9]]));
  assert.deepEqual(y.toArray(), [[0.5, 0.5], [0.5, 0.5]]);
  assert.deepEqual(sigmoid.backward([[4, 4], [4, 4]]).toArray(), [[1, 1], [1, 1]]);
  const again = ll.nodes.dot(y);
  sigmoid.forward([[1, 1], [1, 1]]);
  assert.throws(() => again.forward([1, 1]), /^StateError: dot.forward: a parameter of dot\(2, 2\): its numbers are gone/);
  assert.equal(others.length, 8);
});

testEach('the memory of disposed tensors is used again', (ll) => {
  const cycle = () => {
    const tensors = [1, 10, 100, 1000, 5000].map((n) => ll.zeros([n]));
    tensors.forEach(({ data }) => data.fill(7));
    const affine = ll.affine(10, 20);
    affine.backward(affine.forward(Array(10).fill(1)));
    affine.dispose();
    tensors.forEach((tensor) => tensor.dispose());
  };
  cycle();
  const before = ll.memory();
  for (let i = 0; i < 200; i++) cycle();
  assert.deepEqual(ll.memory(), before);
  assert.deepEqual(ll.zeros([5000]).data.every((value) => value === 0), true, 'zeros are zeros there too');
});

testEach('handles show their own numbers or throw, whatever happens', (ll) => {
  // A machine of random calls: each handle remembers what it showed first.
  const random = generator();
  const numbers = draw(random);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const layers = [ll.affine(numbers(3, 3), numbers(3)), ll.sigmoid(), ll.nodes.multiply(2), ll.nodes.dot(numbers(3, 3)), ll.nodes.addBias(numbers(3))];
  /** @type {{ tensor: any, shown: number[] | number[][], mine: boolean }[]} those that are mine stay until I dispose of them */
  const handles = [];
  const keep = (tensor, mine) => handles.push({ tensor, shown: tensor.toArray(), mine });
  let thrown = 0;

  for (let i = 0; i < 3000; i++) {
    const rows = 1 + Math.floor(random() * 8);
    const handle = handles.length ? pick(handles) : { tensor: undefined, mine: false };
    const { tensor } = handle;
    const input = random() < 0.5 && tensor ? tensor : numbers(rows, 3);
    const layer = pick(layers);
    try {
      const what = random();
      if (what < 0.2) keep(ll.tensor(input), true);
      else if (what < 0.3) keep(layer.parameters[0]?.value.clone() ?? ll.zeros([rows]), true);
      else if (what < 0.4 && tensor) {
        tensor.dispose();
        handle.mine = false;
      } else if (what < 0.7) keep(layer.forward(input), false);
      else if (what < 0.99) keep(layer.backward(input), false);
      else ll.zeros([20 * i]); // so that the memory grows now and then
    } catch (error) {
      if (!['ERR_LL_STATE', 'ERR_LL_SHAPE'].includes(error.code)) throw error;
      thrown++;
    }
    if (handles.length > 40) handles.shift();
    for (const { tensor, shown, mine } of handles) {
      let now;
      try {
        now = tensor.toArray();
      } catch (error) {
        assert.ok(!mine && error.code === 'ERR_LL_STATE', `after call ${i}: ${error.stack} (SEED=${seed})`);
        continue;
      }
      assert.deepEqual(now, shown, `after call ${i} (SEED=${seed})`);
    }
  }
  assert.ok(thrown > 100, 'some calls were refused');
  assert.ok(ll.memory().reserved > 2 ** 20, 'the memory has grown');
});

testEach('data is taken anew after the memory has grown', (ll) => {
  const tensor = ll.tensor([1, 2, 3]);
  const view = tensor.data;
  ll.zeros([2 ** 18]);
  assert.equal(view.length, 0, 'the engine takes the old view away');
  assert.deepEqual([...tensor.data], [1, 2, 3]);
  tensor.data[1] = 9;
  assert.deepEqual(tensor.toArray(), [1, 9, 3]);
});

testEach('the memory grows in the middle of a pass, while views are held', (ll) => {
  const [inputs, outputs, rows] = [3, 40, 2000];
  const numbers = draw(generator());
  const [W, b, x, dout] = [numbers(inputs, outputs), numbers(outputs), numbers(rows, inputs), numbers(rows, outputs)];
  const calm = start(ll.variant);
  calm.zeros([2 ** 20]).dispose(); // it has grown before, and now has room
  const expected = calm.affine(W, b);
  const results = [expected.forward(x).toArray(), expected.backward(dout).toArray(), expected.dW.toArray(), expected.db.toArray()];

  const affine = ll.affine(W, b);
  const views = affine.parameters.flatMap(({ value, grad }) => [value.data, grad.data]);
  const grows = (call) => {
    const { reserved } = ll.memory();
    const result = call();
    assert.ok(ll.memory().reserved > reserved, `${call}: the memory has not grown`);
    return result;
  };
  const y = grows(() => affine.forward(x)).toArray();
  const dx = grows(() => affine.backward(dout)).toArray();
  assert.ok(views.every(({ length }) => length === 0));
  assert.deepEqual([y, dx, affine.dW.toArray(), affine.db.toArray()], results);
});

testEach('100,000 passes forward and backward leave the memory as it was', (ll) => {
  const numbers = draw(generator());
  const affine = ll.affine(numbers(3, 4), numbers(4));
  const sigmoid = ll.sigmoid();
  const batches = [1, 7, 2, 16, 3].map((rows) => ({ x: numbers(rows, 3), dout: numbers(rows, 4) }));
  batches.push({ x: numbers(3), dout: numbers(4) });
  const tensors = batches.map(({ x, dout }) => ({ x: ll.tensor(x), dout: ll.tensor(dout) }));
  const passes = (count) => {
    for (let i = 0; i < count; i++) {
      const { x, dout } = (i % 2 ? tensors : batches)[i % batches.length];
      sigmoid.forward(affine.forward(x));
      affine.backward(sigmoid.backward(dout));
    }
  };
  const cycle = 2 * batches.length;
  passes(cycle);
  const before = [ll.memory(), affine.dW.toArray()];
  passes(Math.ceil(100_000 / cycle) * cycle); // so that dW is again that of the last batch
  assert.deepEqual([ll.memory(), affine.dW.toArray()], before);
});

test('forgotten tensors and layers are found, and only they', async () => {
  const output = await run(
    `import { load } from 'layerlens';
    const ll = await load();
    const kept = ll.tensor([1, 2, 3]);
    const affine = ll.affine([[1, 2]], [3, 4]);
    const y = (() => ll.sigmoid().forward([0, 0]))(); // the layer is forgotten, its result is not
    const collect = async () => {
      for (let last = -1; last !== ll.memory().tensors; ) {
        last = ll.memory().tensors;
        for (let i = 0; i < 3; i++) {
          globalThis.gc();
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
      return ll.memory();
    };
    const before = await collect();

    (() => {
      for (let i = 0; i < 1000; i++) {
        ll.tensor([i]);
        const net = ll.sequential(ll.affine(kept.clone().data.length, 2), ll.sigmoid());
        net.backward(net.forward([1, 2, 3]));
        ll.affine(ll.tensor([[i]]), [1]);
      }
    })();
    const full = ll.memory();
    const after = await collect();

    // Disposed of, used again by others, then found by the collector: the others stay.
    (() => {
      for (let i = 0; i < 100; i++) ll.tensor([i]).dispose();
      const layer = ll.affine([[1]], [2]);
      layer.forward([1]);
      layer.dispose();
    })();
    const others = Array.from({ length: 50 }, (_, i) => ll.tensor([i]));
    const { tensors } = await collect();
    const fresh = Array.from({ length: 50 }, () => ll.tensor([-1]));
    console.log(JSON.stringify({
      before, full, after, tensors,
      intact: others.every((other, i) => other.data[0] === i) && fresh.length === 50,
      kept: kept.toArray(), y: y.toArray(), forward: affine.forward([1]).toArray(),
    }));`,
    ['--expose-gc'],
  );
  const { before, full, after, tensors, intact, kept, y, forward } = JSON.parse(output);
  assert.ok(full.tensors > before.tensors + 10_000, `only ${full.tensors} tensors were made`);
  assert.deepEqual({ ...after, reserved: 0 }, { ...before, reserved: 0 });
  assert.equal(tensors, before.tensors + 50);
  assert.ok(intact, 'a tensor has lost its place');
  assert.deepEqual([kept, y, forward], [[1, 2, 3], [0.5, 0.5], [4, 6]]);
});

test('a disposed runtime lets go of its memory, even where tensors and layers are kept', async () => {
  const output = await run(
    `import { load } from 'layerlens';
    const ll = await load();
    const kept = [ll.tensor([1]), ll.affine([[1]], [2]), ll];
    const buffer = new WeakRef(kept[0].data.buffer);
    await new Promise((resolve) => setTimeout(resolve)); // until then, a WeakRef holds what it refers to
    globalThis.gc();
    console.log(buffer.deref() !== undefined);
    ll.dispose();
    for (let i = 0; i < 20 && buffer.deref(); i++) {
      await new Promise((resolve) => setTimeout(resolve));
      globalThis.gc();
    }
    console.log(buffer.deref() !== undefined, kept.length);`,
    ['--expose-gc'],
  );
  assert.equal(output, 'true\nfalse 3\n');
});

test('a forgotten runtime is collected, with its memory', async () => {
  const output = await run(
    `import { load } from 'layerlens';
    let found = 0;
    const registry = new FinalizationRegistry(() => found++);
    for (let i = 0; i < 20; i++) {
      const ll = await load();
      const affine = ll.affine(10, 10);
      affine.forward(Array(10).fill(1));
      ll.zeros([2 ** 20]);
      registry.register(ll, i);
    }
    for (let i = 0; i < 20 && found < 19; i++) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve));
    }
    console.log(found);`,
    ['--expose-gc'],
  );
  assert.ok(Number(output) >= 19, `${output.trim()} of 20 were collected; one may still be in a register`);
});

test('what many small tensors have given back serves one large tensor', () => {
  const ll = start('simd');
  const small = Array.from({ length: 64 }, () => ll.zeros([4096]));
  const kept = ll.tensor([1, 2, 3]);
  const { reserved } = ll.memory();
  for (const tensor of small) tensor.dispose();
  const large = ll.zeros([60 * 4096]);
  assert.equal(ll.memory().reserved, reserved, 'the memory has grown');
  large.data.fill(7);
  assert.deepEqual(kept.toArray(), [1, 2, 3]);
  large.dispose();
  kept.dispose();
  assert.deepEqual(ll.memory(), { tensors: 0, bytes: 0, reserved });
});
