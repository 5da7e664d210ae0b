// Trains on two spirals when it is told 'go', stops at 'pause', and goes on where it was at the next 'go'.

import { load } from '../dist/index.js'; // with a bundler, or in Node: 'layerlens'

const points = 97;
const spirals = Array.from({ length: 2 * points }, (_, i) => {
  const [turn, arm] = [((i >> 1) / points) * 3 * Math.PI, i & 1];
  const radius = (turn + 0.5) / 10;
  return { x: [radius * Math.cos(turn + arm * Math.PI), radius * Math.sin(turn + arm * Math.PI)], t: arm };
});

const ll = await load();
const x = ll.tensor(spirals.map((point) => point.x));
const t = spirals.map((point) => point.t);
const layer = (inputs, outputs, seed) => ll.affine(inputs, outputs, { seed, std: 'he' });
const net = ll.sequential(layer(2, 32, 1), ll.relu(), layer(32, 32, 2), ll.relu(), layer(32, 2, 3));
const [loss, optimizer] = [ll.softmaxCrossEntropy(), ll.adam({ lr: 1e-4 })];

function accuracy() {
  const scores = net.forward(x).toArray();
  return scores.filter(([first, second], i) => Number(second > first) === t[i]).length / t.length;
}

const options = { epochs: 10_000, batchSize: 32, seed: 1 };
let done = 0;
let sum = 0; // of the losses since the last message
let controller = new AbortController();
let training = Promise.resolve();

async function train(signal) {
  for await (const { iteration, iterations, loss: value } of ll.train(net, loss, optimizer, x, t, { ...options, start: done, signal })) {
    done = iteration;
    sum += value;
    if (done % 350) continue;
    postMessage({ iteration, iterations, loss: sum / 350, accuracy: accuracy() });
    sum = 0;
  }
}

onmessage = ({ data }) => {
  if (data === 'pause') {
    controller.abort();
  } else {
    controller = new AbortController();
    const { signal } = controller;
    training = training.then(() => train(signal)); // after the step that the last pause found under way
  }
};

postMessage('ready');
