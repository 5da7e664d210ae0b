// Runs a table through a network, a thousand samples at a time.

import { Failure } from './failure.js';
import { fill } from './prepare.js';

/** @typedef {import('./prepare.js').Scale} Scale */
/** @typedef {import('./table.js').Table} Table */

const BATCH = 1000;

/**
 * @param {import('layerlens').Runtime} ll
 * @param {import('layerlens').Sequential} net gives a score for each class
 * @param {Table} table
 * @param {Scale} scale
 * @param {number[]} rows of the table
 * @param {ArrayLike<number>} [t] the right class of each row of the table, for the loss
 * @returns {Generator<{ row: number, best: number, probability: number, loss: number }>} for each row: the most probable class
 *   and its probability; the mean loss of the rows that were computed together
 */
export function* classify(ll, net, table, scale, rows, t) {
  const loss = ll.softmaxCrossEntropy();
  for (let start = 0; start < rows.length; start += BATCH) {
    const some = rows.slice(start, start + BATCH);
    const x = ll.zeros([some.length, table.columns]);
    fill(x.data, table, some, scale);
    const scores = net.forward(x);
    const classes = scores.shape[1];
    if (classes < 2) throw new Failure('the network has one output only; classes need two or more');
    const mean = loss.forward(scores, some.map((row) => t?.[row] ?? 0));
    const all = loss.probabilities.data.slice();
    x.dispose();
    for (let i = 0; i < some.length; i++) {
      const probabilities = all.subarray(i * classes, (i + 1) * classes);
      const probability = Math.max(...probabilities);
      yield { row: some[i], best: probabilities.indexOf(probability), probability, loss: mean };
    }
  }
  loss.dispose();
}

/**
 * How a network does on rows whose classes are known.
 * @param {Parameters<typeof classify>[0]} ll
 * @param {Parameters<typeof classify>[1]} net
 * @param {Table} table
 * @param {Scale} scale
 * @param {number[]} rows
 * @param {ArrayLike<number>} t
 */
export function evaluate(ll, net, table, scale, rows, t) {
  let right = 0;
  let sum = 0;
  for (const { row, best, loss } of classify(ll, net, table, scale, rows, t)) {
    if (best === t[row]) right++;
    sum += loss;
  }
  return { samples: rows.length, right, accuracy: right / rows.length, loss: sum / rows.length };
}
