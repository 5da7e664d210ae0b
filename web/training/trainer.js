// Trains Affine → Sigmoid → Affine on the points of a figure, and tells what there is to see after any number of updates.
// The same settings give the same training, to the bit. So going back is training anew, which takes milliseconds.

import { points } from './points.js';
import { BATCH_SIZE, EPOCHS, GRID, LARGEST_SEED, placeOnGrid, SHOWN_UNITS } from './settings.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('layerlens').Tensor} Tensor */
/** @typedef {import('./settings.js').Training} Training */
/** @typedef {ReturnType<typeof createTrainer>} Trainer */
/** @typedef {Awaited<ReturnType<Trainer['at']>>} Learned */


const places = Array.from({ length: GRID * GRID }, (_, i) => [placeOnGrid(i % GRID), placeOnGrid(Math.floor(i / GRID))]);

/**
 * @param {Runtime} ll
 * @param {string} figure
 * @param {Training} training
 */
function begin(ll, figure, { seed, hidden, optimizer: name, lr }) {
  const { x, t } = points(ll, figure, seed);
  const first = ll.affine(2, hidden, { seed, std: 1.5 }); // wide enough for the sigmoids to bend within the square
  const second = ll.affine(hidden, 2, { seed: seed + LARGEST_SEED, std: 'xavier' });
  const net = ll.sequential(first, ll.sigmoid(), second);
  const [inputs, classes] = [ll.tensor(x), ll.tensor(t)];
  const [loss, optimizer] = [ll.softmaxCrossEntropy(), ll[name]({ lr })];
  const updates = ll.train(net, loss, optimizer, inputs, classes, { epochs: EPOCHS, batchSize: BATCH_SIZE, seed });
  return {
    points: x.map(([x, y], i) => ({ x, y, kind: t[i] })),
    first,
    second,
    net,
    /** The loss of each update's batch, as it was before that update. @type {number[]} */
    batchLosses: [],
    /** The loss over all points, at the start and after each update. @type {number[]} */
    losses: [],
    measure: (/** @type {import('layerlens').SoftmaxCrossEntropy} */ judge) => judge.forward(net.forward(inputs), classes),
    updates,
    async end() {
      await updates.return();
      for (const part of [net, loss, optimizer, inputs, classes]) part.dispose();
    },
  };
}

/**
 * Keeps what goes in and out of a layer in one pass, as arrays.
 * @param {{ forward: (x: any) => Tensor, backward: (dout: any) => Tensor }} layer
 * @param {'forward' | 'backward'} pass
 */
function watch(layer, pass) {
  const run = layer[pass];
  const seen = { given: /** @type {number[][]} */ ([]), result: /** @type {number[][]} */ ([]) };
  layer[pass] = (tensor) => {
    layer[pass] = run;
    const result = run.call(layer, tensor);
    Object.assign(seen, { given: tensor.toArray(), result: result.toArray() });
    return result;
  };
  return seen;
}

/** @param {Runtime} ll */
export function createTrainer(ll) {
  const judge = ll.softmaxCrossEntropy();
  const everywhere = ll.tensor(places);
  const noClass = ll.zeros([places.length]); // the loss asks for classes, but only its probabilities are read
  let settings = '';
  /** @type {ReturnType<typeof begin> | undefined} */
  let run;

  const advance = async (/** @type {ReturnType<typeof begin>} */ training) => {
    const { value } = await training.updates.next();
    training.batchLosses.push(/** @type {{ loss: number }} */ (value).loss);
    training.losses.push(training.measure(judge));
  };

  /** The training after some updates: the one at hand goes on, or another one begins. */
  const after = async (/** @type {string} */ figure, /** @type {Training} */ training, /** @type {number} */ step) => {
    const wanted = JSON.stringify([figure, training]);
    if (!run || wanted !== settings || run.batchLosses.length > step) {
      await run?.end();
      settings = wanted;
      run = begin(ll, figure, training);
      run.losses.push(run.measure(judge));
    }
    while (run.batchLosses.length < step) await advance(run);
    return run;
  };

  /** One question is answered after the other, since they share a training. @type {Promise<unknown>} */
  let last = Promise.resolve();
  /** @template T @param {() => Promise<T>} answer @returns {Promise<T>} */
  const inTurn = (answer) => {
    const answered = last.then(answer);
    last = answered.catch(() => {}); // whoever asked is told
    return answered;
  };

  return {
    /**
     * What there is to see after some updates.
     * @param {string} figure
     * @param {Training} training
     * @param {number} step
     */
    at: (figure, training, step) =>
      inTurn(async () => {
        const { points, net, batchLosses, losses } = await after(figure, training, step);
        judge.forward(net.forward(everywhere), noClass);
        return {
          points,
          batchLosses: Float32Array.from(batchLosses),
          losses: Float32Array.from(losses),
          /** The probability of class 1 at each place of the grid, row after row. */
          probabilities: judge.probabilities.data.filter((_, i) => i % 2 === 1),
        };
      }),

    /**
     * What the first Affine layer and the Sigmoid behind it were given in one update.
     * @param {string} figure
     * @param {Training} training
     * @param {number} update counts from 1
     */
    update: (figure, training, update) =>
      inTurn(async () => {
        const now = await after(figure, training, update - 1);
        const units = (/** @type {number[][]} */ rows) => rows.map((row) => row.slice(0, SHOWN_UNITS));
        const { W, b } = now.first;
        const before = { W: units(/** @type {number[][]} */ (W.toArray())), b: units([/** @type {number[]} */ (b.toArray())]) };
        const [forward, backward] = [watch(now.first, 'forward'), watch(now.second, 'backward')];
        await advance(now);
        return { X: forward.given, ...before, dout: units(backward.result) };
      }),
  };
}
