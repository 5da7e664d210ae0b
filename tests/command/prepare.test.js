// What happens to a table before it is learned: the samples that are held out, the scale; and how a network is judged by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSync } from 'layerlens';
import { evaluate } from '../../bin/classify.js';
import { fill, scaleOf, split } from '../../bin/prepare.js';
import { generator, seed } from '../random.js';

const ll = loadSync();

/** Classes of these sizes, mixed. @param {number[]} sizes */
function labelsOf(...sizes) {
  const random = generator();
  const labels = sizes.flatMap((size, label) => Array.from({ length: size }, () => ({ label, key: random() })));
  return Int32Array.from(labels.sort((a, b) => a.key - b.key), ({ label }) => label);
}

test('split: the share of each class, to a sample; all of them once; one of each class at least for training', () => {
  for (const sizes of [[50, 50, 50], [7, 1, 100, 2, 13], [1, 1], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3]]) {
    for (const share of [0, 0.1, 0.2, 0.5, 0.9, 0.999]) {
      const what = `SEED=${seed}: ${sizes} by ${share}`;
      const t = labelsOf(...sizes);
      const { training, test: held } = split(ll, t, share, 5);
      assert.deepEqual([...training, ...held].sort((a, b) => a - b), Array.from(t.keys()), what);
      for (const rows of [training, held]) assert.deepEqual(rows, [...rows].sort((a, b) => a - b), `${what}: in their order`);
      sizes.forEach((size, label) => {
        const count = held.filter((row) => t[row] === label).length;
        assert.ok(count < size, `${what}: class ${label} has nothing to be learned from`);
        assert.ok(count === size - 1 || Math.abs(count - size * share) < 1, `${what}: ${count} of ${size}`);
      });
      if (sizes.every((size) => size >= 3 && share <= 0.5)) assert.equal(held.length, Math.round(t.length * share), what);
    }
  }
});

test('split: drawn by the seed, each sample as likely as another', () => {
  const t = labelsOf(30, 30);
  assert.deepEqual(split(ll, t, 0.2, 7), split(ll, t, 0.2, 7));
  const times = Array(60).fill(0);
  for (let draw = 0; draw < 500; draw++) for (const row of split(ll, t, 0.2, draw).test) times[row]++;
  // 500 draws of 0.2: 100 on average, with a standard deviation of 9; 5 of them are exceeded in 1 of 2 million.
  for (const [row, count] of times.entries()) assert.ok(Math.abs(count - 100) < 45, `row ${row} was held out ${count} times of 500`);
});

/** Two columns of very different scale. */
const table = { rows: 4, columns: 2, x: Float32Array.of(1, 1000, 3, 5000, 5, 9000, 7, 1000), bytes: false };

test('each column has its own scale, learned from the rows for training', () => {
  const scale = scaleOf('columns', table, [0, 1, 2]);
  const deviation = Math.sqrt(8 / 3); // of 1, 3, 5
  assert.deepEqual(scale.shift, [3, 5000]);
  scale.scale.forEach((value, i) => assert.ok(Math.abs(value / deviation / [1, 2000][i] - 1) < 1e-15, String(value)));
  const x = new Float32Array(6);
  fill(x, table, [2, 3, 1], { shift: [3, 5000], scale: [2, 4000] });
  assert.deepEqual(x, Float32Array.of(1, 1, 2, -1, 0, 0));
  fill(x, table, [2, 3, 1], { shift: [1], scale: [2] });
  assert.deepEqual(x, Float32Array.of(2, 4499.5, 3, 499.5, 1, 2499.5), 'or all have one');
});

test('evaluate: the mean loss and the right answers of all rows, however many are computed together', () => {
  const random = generator();
  const rows = 2345;
  const x = Float32Array.from({ length: 2 * rows }, () => random() - 0.5);
  const t = Int32Array.from({ length: rows }, (_, row) => (x[2 * row] > 0.1 ? 0 : 2));
  const net = ll.sequential(ll.affine([[3, 1, -2], [0, 1, 1]], [0.5, 0, -0.5]));
  const some = Array.from({ length: rows }, (_, row) => row).filter((row) => row % 10 !== 3);
  const scale = { shift: [0.25, 0], scale: [2, 0.5] };
  const { samples, right, accuracy, loss } = evaluate(ll, net, { rows, columns: 2, x, bytes: false }, scale, some, t);

  let [sum, count] = [0, 0];
  for (const row of some) {
    const [a, b] = [(x[2 * row] - 0.25) / 2, x[2 * row + 1] / 0.5];
    const scores = [3 * a + 0.5, a + b, -2 * a + b - 0.5];
    sum += Math.log(scores.reduce((total, score) => total + Math.exp(score), 0)) - scores[t[row]];
    if (scores.indexOf(Math.max(...scores)) === t[row]) count++;
  }
  assert.deepEqual([samples, right, accuracy], [some.length, count, count / some.length], `SEED=${seed}`);
  assert.ok(Math.abs(loss - sum / some.length) < 1e-6, `SEED=${seed}: ${loss} instead of ${sum / some.length}`); // float32
});
