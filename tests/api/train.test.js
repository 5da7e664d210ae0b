// Training: which samples come when, what a step changes, how it ends and goes on, and what else gets to run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { generator } from '../random.js';
import { assertSame, draw, run, start, testEach } from './harness.js';

const each = async (iterator) => {
  const all = [];
  for await (const progress of iterator) all.push(progress);
  return all;
};

/** Training that changes nothing and whose loss tells which samples were in the batch: sample i costs 4^i. */
function revealing(ll, samples, options) {
  const x = Array.from({ length: samples }, (_, i) => [2 ** i]);
  return each(ll.train(ll.nodes.multiply(1), ll.meanSquaredError(), ll.sgd(), x, x.map(() => [0]), options));
}
/** The samples of a batch of which the loss is known. */
const samplesOf = (loss, size) => Array.from({ length: 12 }, (_, i) => i).filter((i) => Math.floor((loss * size) / 4 ** i) % 4);

testEach('each epoch goes through all samples once, and its last batch may be shorter', async (ll) => {
  for (const [samples, batchSize] of [[7, 3], [6, 3], [5, 8], [1, 1], [12, 5]]) {
    const sizes = Array.from({ length: Math.ceil(samples / batchSize) }, (_, i) => Math.min(batchSize, samples - i * batchSize));
    const progress = await revealing(ll, samples, { epochs: 3, batchSize, seed: 5 });
    assert.equal(progress.length, 3 * sizes.length);
    for (let epoch = 0; epoch < 3; epoch++) {
      const steps = progress.slice(epoch * sizes.length, (epoch + 1) * sizes.length);
      const seen = steps.flatMap(({ loss }, i) => samplesOf(loss, sizes[i]));
      assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: samples }, (_, i) => i), `${samples} by ${batchSize}`);
      assert.deepEqual(new Set(steps.map((step) => step.epoch)), new Set([epoch + 1]));
    }
    assert.deepEqual(progress.map(({ iteration }) => iteration), progress.map((_, i) => i + 1));
    assert.ok(progress.every(({ epochs, iterations }) => epochs === 3 && iterations === progress.length));
  }
});

testEach('the order comes from the seed, and is another one in each epoch', async (ll) => {
  const order = async (options) => (await revealing(ll, 12, { batchSize: 1, ...options })).map(({ loss }) => samplesOf(loss, 1)[0]);
  const two = await order({ epochs: 2, seed: 1 });
  assert.deepEqual(await order({ epochs: 2, seed: 1 }), two);
  assert.notDeepEqual(two.slice(0, 12), two.slice(12));
  assert.notDeepEqual(await order({ seed: 2 }), two.slice(0, 12));
  assert.notDeepEqual(await order({}), await order({}), 'without a seed each training has its own');
  assert.notDeepEqual(two.slice(0, 12), Array.from({ length: 12 }, (_, i) => i));
});

testEach('an empty data set trains nothing', async (ll) => {
  assert.deepEqual(await each(ll.train(ll.affine(3, 1), ll.meanSquaredError(), ll.sgd(), ll.zeros([0, 3]), ll.zeros([0, 1]))), []);
});

/** A small problem of three classes, the same each time. */
function problem(ll, optimizer = ll.adam({ lr: 0.05 })) {
  const numbers = draw(generator());
  const [W, b, V, c] = [numbers(4, 6), numbers(6), numbers(6, 3), numbers(3)];
  const net = ll.sequential(ll.affine(W, b), ll.sigmoid(), ll.affine(V, c));
  const [x, t] = [numbers(23, 4), Array.from({ length: 23 }, (_, i) => i % 3)];
  return { net, loss: ll.softmaxCrossEntropy(), optimizer, x, t, options: { epochs: 6, batchSize: 5, seed: 9 } };
}
const weights = (net) => net.parameters.map(({ value }) => Array.from(value.data)).flat();
const trained = ({ net, loss, optimizer, x, t, options }, more) => net.runtime.train(net, loss, optimizer, x, t, { ...options, ...more });

testEach('training is forward, backward and a step for each batch', async (ll) => {
  const [auto, manual] = [problem(ll), problem(ll)];
  const [x, t] = [ll.tensor(auto.x), ll.tensor(auto.t)];
  const losses = (await each(trained({ ...auto, x, t }))).map(({ loss }) => loss);

  // The order as the kernel gives it: what training with one sample each has cost tells which sample it was.
  const order = (await revealing(ll, 23, { epochs: 6, batchSize: 1, seed: 9 })).map(({ loss }) => Math.log2(loss) / 2);
  const expected = [];
  for (let epoch = 0; epoch < 6; epoch++) {
    for (let first = 0; first < 23; first += 5) {
      const batch = order.slice(epoch * 23, epoch * 23 + 23).slice(first, first + 5);
      expected.push(manual.loss.forward(manual.net.forward(batch.map((i) => manual.x[i])), batch.map((i) => manual.t[i])));
      manual.net.backward(manual.loss.backward());
      manual.optimizer.step(manual.net);
    }
  }
  assertSame(losses, expected, 'losses');
  assertSame(weights(auto.net), weights(manual.net), 'weights');
  const sum = (list) => list.reduce((total, value) => total + value);
  assert.ok(sum(losses.slice(-5)) < sum(losses.slice(0, 5)), 'it learns');
});

test('simd and scalar train to the same bits', async () => {
  const all = [];
  for (const variant of ['simd', 'scalar']) {
    const given = problem(start(variant));
    await each(trained(given));
    all.push(weights(given.net));
  }
  assertSame(all[0], all[1], 'weights');
});

testEach('targets as rows: probabilities for softmax, numbers for the squared error', async (ll) => {
  const [classes, rows] = [problem(ll), problem(ll)];
  const probabilities = rows.t.map((t) => [0, 1, 2].map((j) => Number(j === t)));
  assertSame((await each(trained(classes))).map(({ loss }) => loss), (await each(trained({ ...rows, t: probabilities }))).map(({ loss }) => loss), 'loss');
  const squared = { ...problem(ll), loss: ll.meanSquaredError(), t: probabilities };
  const losses = (await each(trained(squared))).map(({ loss }) => loss);
  assert.ok(losses.at(-1) < losses[0]);
});

for (const name of ['sgd', 'momentum', 'adagrad', 'adam']) {
  testEach(`${name}: interrupted and resumed elsewhere, training goes on to the same bits`, async (ll) => {
    const whole = problem(ll, ll[name]({ lr: 0.05 }));
    await each(trained(whole));

    for (const stop of [1, 4, 5, 13]) {
      const first = problem(ll, ll[name]({ lr: 0.05 }));
      let done = 0;
      for await (const { iteration } of trained(first)) {
        done = iteration;
        if (iteration === stop) break;
      }
      assert.equal(done, stop);

      const other = start(ll.variant);
      const second = problem(other, other[name]({ lr: 0.05 }));
      second.net.parameters.forEach(({ value }, i) => value.data.set(first.net.parameters[i].value.data));
      const kept = first.optimizer.state(first.net);
      second.optimizer.state(second.net).forEach((state, i) => {
        state.step = kept[i].step;
        for (const [key, tensor] of Object.entries(state.tensors)) tensor.data.set(kept[i].tensors[key].data);
      });
      const rest = await each(trained(second, { start: done }));
      assert.deepEqual(rest.map(({ iteration }) => iteration), Array.from({ length: 30 - stop }, (_, i) => stop + 1 + i));
      assertSame(weights(second.net), weights(whole.net), `weights after a stop at ${stop}`);
      other.dispose();
    }
  });
}

testEach('a signal ends the loop after the step that is under way, without an error', async (ll) => {
  const given = problem(ll);
  const controller = new AbortController();
  const seen = [];
  for await (const { iteration } of trained(given, { signal: controller.signal })) {
    seen.push(iteration);
    if (iteration === 4) controller.abort();
  }
  assert.deepEqual(seen, [1, 2, 3, 4]);
  const four = problem(ll);
  for await (const { iteration } of trained(four)) if (iteration === 4) break;
  assertSame(weights(given.net), weights(four.net), 'what four steps have taught');
  assert.deepEqual(await each(trained(given, { signal: AbortSignal.abort() })), []);
});

testEach('leaving the loop, ending it and an error give its memory back', async (ll) => {
  const given = problem(ll);
  await each(trained(given, { epochs: 1 }));
  const before = ll.memory();
  for await (const _ of trained(given)) break;
  assert.deepEqual(ll.memory(), before, 'left');
  await each(trained(given));
  assert.deepEqual(ll.memory(), before, 'ended');
  await each(trained(given, { signal: AbortSignal.abort() }));
  assert.deepEqual(ll.memory(), before, 'aborted');
  const x = ll.tensor(given.x);
  await assert.rejects(async () => {
    for await (const { iteration } of trained({ ...given, x })) if (iteration === 2) x.dispose();
  }, /^StateError: train: x: this tensor was disposed of/);
  assert.deepEqual(ll.memory(), before, 'failed');
  await assert.rejects(async () => {
    for await (const { iteration } of trained(given)) if (iteration === 2) ll.dispose();
  }, /this runtime was disposed of/);
});

testEach('what is wrong shows when train is called, by the index that it has there, and keeps no memory', (ll) => {
  const given = problem(ll);
  given.optimizer.state(given.net);
  const before = ll.memory();
  const gone = (make) => {
    const thing = make();
    thing.dispose();
    return thing;
  };
  const late = given.t.map((t, i) => (i === 17 ? 3 : t));
  for (const [wrong, message] of [
    [{ x: given.x.map((row) => row.slice(1)) }, /affine.forward: expected x \(N, 4\), got \(23, 3\)/],
    [{ t: late }, /^ArgumentError: train: the class t\[17\] must be a whole number from 0 to 2, got number 3$/],
    [{ t: late, x: ll.tensor(given.x) }, /^ArgumentError: train: the class t\[17\] must be/],
    [{ t: given.t.slice(1) }, /^ShapeError: train: expected t \(23,\), got \(22,\)/],
    [{ loss: ll.meanSquaredError() }, /^ShapeError: train: expected t \(23, 3\), got \(23,\)/],
    [{ net: gone(() => ll.affine(4, 3)) }, /^StateError: train: .*affine\(4, 3\).* was disposed of/],
    [{ net: gone(() => ll.sigmoid()) }, /^StateError: train: the layer sigmoid was disposed of/],
    [{ net: ll.sequential(ll.affine(4, 3), gone(() => ll.sigmoid())) }, /^StateError: train: the layer sigmoid was disposed of/],
    [{ loss: gone(() => ll.softmaxCrossEntropy()) }, /^StateError: train: this loss was disposed of$/],
    [{ optimizer: gone(() => ll.sgd()) }, /^StateError: train: this optimiser was disposed of$/],
  ]) {
    assert.throws(() => trained({ ...given, ...wrong }), (error) => {
      assert.match(`${error.name}: ${error.message}`, message);
      return true;
    });
    for (const part of Object.values(wrong)) part.dispose?.();
  }
  trained(given); // never begun
  assert.deepEqual(ll.memory(), before);
});

testEach('a batch is of 100 samples unless another size is given', async (ll) => {
  const x = Array.from({ length: 250 }, () => [1]);
  assert.equal((await each(ll.train(ll.sigmoid(), ll.meanSquaredError(), ll.sgd(), x, x))).length, 3);
});

test('other tasks run while it trains', async () => {
  const ll = start('simd');
  const given = problem(ll);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  try {
    let iterations = 0;
    const begin = performance.now();
    for await (const { iteration } of trained(given, { epochs: 1e6 })) {
      iterations = iteration;
      if (performance.now() - begin > 400) break;
    }
    // Room for them is made each 8 ms or so: 50 times if nothing else holds the processor up. Without any, none would have run.
    assert.ok(ticks >= 5, `${ticks} ticks in ${iterations} iterations`);
  } finally {
    clearInterval(timer);
  }
});

test('a loop that is left without being ended keeps no process alive', async () => {
  const output = await run(`
    import { load } from 'layerlens';
    const ll = await load();
    const x = ll.randn([1000, 50], { seed: 1 });
    const training = ll.train(ll.affine(50, 50), ll.meanSquaredError(), ll.sgd(), x, x, { epochs: 1e6, batchSize: 1000 });
    for (let i = 0; i < 100; i++) await training.next();
    console.log('done');`);
  assert.equal(output, 'done\n');
});

test('10,000 iterations leave the memory as it was, and next to nothing on the heap', async () => {
  const output = await run(
    `import { load } from 'layerlens';
    const ll = await load();
    const net = ll.sequential(ll.affine(20, 10, { seed: 1 }), ll.relu(), ll.affine(10, 3, { seed: 2 }));
    const x = ll.randn([70, 20], { seed: 3 });
    const t = ll.tensor(Array.from({ length: 70 }, (_, i) => i % 3));
    const progress = ll.train(net, ll.softmaxCrossEntropy(), ll.adam(), x, t, { epochs: 1e6, batchSize: 16, seed: 4 });
    const measure = async () => {
      for (let i = 0; i < 5; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return { heap: process.memoryUsage().heapUsed, memory: ll.memory() };
    };
    const steps = async (count) => {
      for (let i = 0; i < count; i++) await progress.next();
    };
    const windows = [];
    for (let i = 0; i < 9; i++) {
      await steps(10_000);
      windows.push(await measure());
    }
    await progress.return();
    console.log(JSON.stringify(windows));`,
    ['--expose-gc'],
  );
  const windows = JSON.parse(output);
  for (const { memory } of windows) assert.deepEqual(memory, windows[0].memory);
  // The engine keeps what it learns about the code, mostly at first. One number kept for each iteration would be 640 kB in all.
  const grown = windows.at(-1).heap - windows[0].heap;
  assert.ok(grown < 500_000, `the heap has grown by ${grown} B: ${windows.map(({ heap }) => heap).join(', ')}`);
});

test('it trains in a Worker', async () => {
  const url = new URL('../../dist/index.js', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(url)}).then(async ({ load }) => {
      const ll = await load({ variant: 'simd' });
      const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
      const net = ll.sequential(ll.affine(2, 8, { seed: 1, std: 1 }), ll.sigmoid(), ll.affine(8, 2, { seed: 2, std: 1 }));
      const training = ll.train(net, ll.softmaxCrossEntropy(), ll.adam({ lr: 0.1 }), x, [0, 1, 1, 0], { epochs: 300, batchSize: 4, seed: 3 });
      for await (const { loss } of training) parentPort.postMessage(loss);
      parentPort.postMessage(net.forward(x).toArray().map(([a, b]) => Number(b > a)));
      parentPort.close();
    });`,
    { eval: true },
  );
  const messages = [];
  worker.on('message', (message) => messages.push(message));
  await new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  assert.equal(messages.length, 301);
  assert.ok(messages[299] < 0.1, `loss ${messages[299]}`);
  assert.deepEqual(messages[300], [0, 1, 1, 0]);
});
