// Training: batches in a random order, a step of the optimiser for each, and room for everything else that wants to run.

import { checkInteger, checkOptions, checkSeed, show, showShape } from './check.js';
import { ArgumentError, ShapeError, StateError } from './errors.js';
import { at, Layer } from './layer.js';
import { Loss } from './losses.js';
import { Region } from './memory.js';
import { Optimizer } from './optimizers.js';
import { Sequential } from './sequential.js';

/** @typedef {import('./runtime.js').Runtime} Runtime */
/** @typedef {import('./tensor.js').Tensor} Tensor */
/** @typedef {import('./tensor.js').TensorLike} TensorLike */

/**
 * @typedef {object} TrainOptions
 * @property {number} [epochs] how often to go through all samples; 1 if left out
 * @property {number} [batchSize] samples in a batch, 100 if left out; the last batch of an epoch may be shorter
 * @property {number} [seed] of the order of the samples, a whole number below 2³²; another one each time if left out
 * @property {number} [start] iterations that are already done: with the same seed, and the parameters and the optimiser as they were
 *   then, training goes on as if it had not been interrupted
 * @property {AbortSignal} [signal] ends the iteration after the step that is under way
 */

/**
 * What one iteration has done. `epoch` and `iteration` count from 1, and `iteration` through all epochs.
 * @typedef {{ epoch: number, epochs: number, iteration: number, iterations: number, loss: number }} Progress
 */

/** How long training may run before it lets other tasks run, in ms: half of a frame at 60 Hz. */
const PATIENCE = 8;

/**
 * Lets other tasks run. A message comes at once, where a timer would wait 4 ms, or a second in a hidden page.
 * @returns {Promise<void>}
 */
const breathe = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

/**
 * @param {Runtime} runtime
 * @param {unknown} part
 * @param {Function[]} kinds
 * @param {string} article
 * @param {string} noun
 */
function checkPart(runtime, part, kinds, article, noun) {
  if (!kinds.some((kind) => part instanceof kind)) throw new ArgumentError(`train: expected ${article} ${noun}, got ${show(part)}`);
  if (/** @type {Layer} */ (part).runtime !== runtime) throw new StateError(`train: the ${noun} belongs to another runtime`);
}

/**
 * See `Runtime.train`. All that can be wrong is checked at once, before the first step, and named by the user's own indices; x and t
 * are copied when the iteration begins, so that a training that never does keeps nothing.
 * @param {Runtime} runtime
 * @param {Layer | Sequential} net
 * @param {Loss} loss
 * @param {Optimizer} optimizer
 * @param {TensorLike} x
 * @param {TensorLike} t
 * @param {TrainOptions} [options]
 * @returns {AsyncGenerator<Progress, void, undefined>}
 */
export function train(runtime, net, loss, optimizer, x, t, options) {
  runtime._checkAlive('train');
  checkPart(runtime, net, [Layer, Sequential], 'a', 'layer');
  checkPart(runtime, loss, [Loss], 'a', 'loss');
  checkPart(runtime, optimizer, [Optimizer], 'an', 'optimiser');

  loss._checkAlive('train');
  optimizer._check('train', net);
  for (const layer of net instanceof Sequential ? net._flat : [net]) layer._checkAlive('train');

  const input = runtime._read('train: x', x);
  const [samples] = input._shape;
  if (input._shape.length !== 2) throw new ShapeError(`train: expected x (N, features), got ${showShape(input._shape)}`);
  const target = loss._read('train', t, net._fit(input._shape));

  const given = checkOptions('train', options, {
    epochs: 1,
    batchSize: 100,
    seed: /** @type {number | undefined} */ (undefined),
    start: 0,
    signal: /** @type {AbortSignal | undefined} */ (undefined),
  });
  const { signal } = given;
  const seed = checkSeed('train', given.seed);
  const epochs = checkInteger('train', 'epochs', given.epochs, 1);
  const batchSize = checkInteger('train', 'batchSize', given.batchSize, 1);
  const batches = Math.ceil(samples / batchSize); // in an epoch
  const start = checkInteger('train', 'start', given.start, 0, epochs * batches);
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw new ArgumentError(`train: signal must be an AbortSignal, got ${show(signal)}`);
  }

  return (async function* () {
    const [order, ...places] = Array.from({ length: 5 }, () => new Region(runtime._memory, 'training has gone on or is over'));
    try {
      const data = [runtime._place(input, places[0]), runtime._place(target, places[1])];
      order.resize(samples);
      let shuffled = -1;
      let rested = performance.now();
      for (let done = start; done < epochs * batches; done++) {
        if (performance.now() - rested > PATIENCE) {
          await breathe();
          rested = performance.now();
        }
        if (signal?.aborted) return;
        const epoch = Math.floor(done / batches);
        if (epoch !== shuffled) {
          runtime._checkAlive('train');
          runtime._kernels.shuffle(order.offset, samples, seed, epoch);
          shuffled = epoch;
        }
        const first = (done % batches) * batchSize;
        const rows = Math.min(batchSize, samples - first);
        const [batch, wanted] = data.map((all, i) => {
          all._check(`train: ${'xt'[i]}`);
          const [, columns] = all._shape; // none where t is a list of classes
          const some = runtime._output(places[2 + i], columns === undefined ? [rows] : [rows, columns]);
          runtime._kernels.take_rows(at(some), at(all), order.offset + 4 * first, rows, columns ?? 1);
          return some;
        });

        const value = loss.forward(net.forward(batch), wanted);
        net.backward(loss.backward(), { dx: false });
        optimizer.step(net);
        yield { epoch: epoch + 1, epochs, iteration: done + 1, iterations: epochs * batches, loss: value };
      }
    } finally {
      for (const region of [order, ...places]) region.dispose();
    }
  })();
}
