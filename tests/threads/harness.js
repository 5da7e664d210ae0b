// What the tests of threads share: a runtime that cuts even the smallest work into parts, and passes through many layers.

import { loadSync } from 'layerlens';

import { start } from '../../js/threaded.js';

/** A runtime of this many threads, which share every call that they can. */
export const eager = (threads, variant = 'simd') => start({ threads, variant }, 1);

/** The one to compare with. */
export const alone = (variant = 'simd') => loadSync({ variant });

/** Makes the calling thread leave all parts to the others. @param {import('node:test').TestContext} t */
export function idle(t) {
  const { load } = Atomics;
  t.mock.method(Atomics, 'load', (words, i) => (i === 0 ? 0 : load(words, i))); // as if none were left
}

/** Counts the calls that are shared. @param {import('node:test').TestContext} t */
export function countShared(t) {
  const { mock } = t.mock.method(Atomics, 'notify');
  // Each offer wakes those that wait for parts, at word 0; the end of a job wakes the one that waits at word 1.
  return () => mock.calls.filter(({ arguments: [, word] }) => word === 0).length;
}

/** Every layer that threads share, forward and backward, for a batch of this size: all results, as lists by name. */
export function pass(ll, rows, inputs, outputs) {
  const results = {};
  const keep = (name, tensor) => (results[name] = Array.from(tensor.data));
  const x = ll.randn([rows, inputs], { seed: 1 });
  const dout = ll.randn([rows, outputs], { seed: 2 });
  const affine = ll.affine(inputs, outputs, { seed: 3, std: 1 });
  affine.b.data.set(ll.randn([outputs], { seed: 4 }).data);
  keep('affine y', affine.forward(x));
  keep('affine dx', affine.backward(dout));
  keep('affine dW', affine.dW);
  keep('affine db', affine.db);
  affine.dW.data.fill(NaN);
  affine.backward(dout, { dx: false });
  keep('affine dW without dx', affine.dW);
  const { dot, multiply, exp, add, reciprocal } = ll.nodes;
  for (const layer of [ll.sigmoid(), ll.relu(), multiply(-1.5), multiply(-0), exp(), add(0.5), reciprocal(), dot(affine.W)]) {
    const name = `${layer.name}(${Object.is(layer.c, -0) ? '-0' : (layer.c ?? '')})`;
    keep(`${name} y`, layer.forward(x));
    keep(`${name} dx`, layer.backward(layer.name === 'dot' ? dout : x.clone()));
  }
  for (const name of ['sgd', 'momentum', 'adagrad', 'adam']) {
    const optimizer = ll[name]({ lr: 0.1 });
    optimizer.step(affine);
    optimizer.step(affine);
    keep(`${name} W`, affine.W);
    keep(`${name} b`, affine.b);
  }
  return results;
}
