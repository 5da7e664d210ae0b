// Numbers: runs the library once for each change of the inputs. The picture of a step is made from what it returns.

import { trace } from 'layerlens';
import { refOf, scenes } from './scenes.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('./state.js').State} State */

/** @typedef {ReturnType<typeof trace>[number]} Step */
/** @typedef {{ steps: Step[], inputs: Map<string, number> }} Run */

/**
 * One forward and one backward pass of a scene.
 * @param {Runtime} ll
 * @param {State} state
 * @returns {Run}
 */
export function run(ll, { scene: name, inputs }) {
  const scene = scenes[name];
  const layer = scene.layer(ll, inputs);
  const given = (/** @type {number[][]} */ rows) => (scene.rank === 0 ? rows[0][0] : scene.rank === 1 ? rows[0] : rows);
  const steps = trace(layer, given(inputs.X ?? inputs.x), given(inputs.dout ?? inputs.dY), { names: scene.names(inputs) });
  layer.dispose();
  const cells = Object.entries(inputs).flatMap(([tensor, rows]) =>
    rows.flatMap((row, i) => row.map((value, j) => /** @type {const} */ ([refOf(scene, tensor, i, j), value]))),
  );
  return { steps, inputs: new Map(cells) };
}

/**
 * @typedef {object} Picture
 * @property {Map<string, number>} values every number that is on the stage
 * @property {Step | undefined} current the step that has just happened
 * @property {Set<string>} reads refs that it read
 * @property {Set<string>} writes refs that it wrote
 * @property {'forward' | 'backward'} pass
 * @property {boolean} spread whether the bias stands in the rows, waiting for their sums
 */

/**
 * What is on the stage after a number of steps.
 * @param {Run} run
 * @param {number} step
 * @returns {Picture}
 */
export function pictureAt({ steps, inputs }, step) {
  const done = steps.slice(0, step);
  const values = new Map(inputs);
  for (const { writes } of done) for (const { ref, value } of writes) values.set(ref, value);
  const current = done.at(-1);
  return {
    values,
    current,
    reads: new Set(current?.reads.map(({ ref }) => ref)),
    writes: new Set(current?.writes.map(({ ref }) => ref)),
    pass: current?.pass ?? 'forward',
    spread: done.some(({ op }) => op === 'broadcast'),
  };
}

/**
 * Points of the sigmoid and of its derivative, for the plot.
 * @param {Runtime} ll
 * @param {number} limit from −limit to limit
 */
export function sigmoidCurve(ll, limit) {
  const xs = Array.from({ length: 121 }, (_, i) => ((i - 60) / 60) * limit);
  const layer = ll.sigmoid();
  const y = Array.from(layer.forward(xs).data);
  const dx = Array.from(layer.backward(xs.map(() => 1)).data);
  layer.dispose();
  return xs.map((x, i) => ({ x, y: y[i], dx: dx[i] }));
}
