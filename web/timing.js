// How long one forward and one backward pass take.

import { passInputs, scenes } from './scenes.js';

/** Milliseconds that make the clock's own steps small. */
const LONG_ENOUGH = 20;

/**
 * @param {import('layerlens').Runtime} ll
 * @param {import('./state.js').State} state
 * @returns {number} milliseconds for a pass through the layers of a scene, without the trace: the mean of many
 */
export function measurePass(ll, { scene: name, inputs }) {
  const scene = scenes[name];
  const [x, dout] = passInputs(scene, inputs).map((values) => ll.tensor(values));
  const layers = scene.routes?.(ll, inputs).map(({ layer }) => layer) ?? [];
  const begin = performance.now();
  let [time, count] = [0, 0];
  while (time < LONG_ENOUGH) {
    for (const layer of layers) {
      layer.forward(x);
      layer.backward(dout);
    }
    count++;
    time = performance.now() - begin;
  }
  for (const made of [...layers, x, dout]) made.dispose();
  return time / count;
}
