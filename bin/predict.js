// `layerlens predict`: what a saved network says about each row.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { load } from 'layerlens';

import { classify } from './classify.js';
import { Failure } from './failure.js';
import { readNetwork } from './network.js';
import { readQuestions } from './table.js';

/**
 * @param {string} path of the network
 * @param {string} name of the data
 * @param {string | undefined} labelFile
 * @param {import('./csv.js').Hints} hints
 */
export async function predict(path, name, labelFile, hints) {
  const ll = await load();
  const { net, data } = await readNetwork(ll, path);
  const table = await readQuestions(name, labelFile, hints, data);
  if (data && table.columns !== data.columns) {
    throw new Failure(`${name}: expected ${data.columns} features in each row, as ${path} needs, got ${table.columns}`);
  }
  const { labels } = table;
  // A network that was saved by other means takes the numbers as they are, and numbers its classes from 0.
  const scale = data?.scale ?? { shift: [0], scale: [1] };
  const nameOf = (/** @type {number} */ place) => data?.classes[place] ?? String(place);

  let right = 0;
  function* lines() {
    const rows = Array.from({ length: table.rows }, (_, row) => row);
    for (const { row, best, probability } of classify(ll, net, table, scale, rows)) {
      if (Number.isNaN(probability)) throw new Failure(`${name}: row ${row + 1}: the network's scores for it are no numbers`);
      if (row === 0) yield 'class,probability\n'; // not before it is clear that there is an answer
      if (labels?.[row] === nameOf(best)) right++;
      yield `${asField(nameOf(best))},${probability.toFixed(6)}\n`;
    }
  }
  await pipeline(Readable.from(lines()), process.stdout, { end: false });
  if (labels) process.stderr.write(`${right} of ${table.rows} right (${(right / table.rows).toFixed(4)})\n`);
}

/** As CSV has it. @param {string} field */
const asField = (field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
