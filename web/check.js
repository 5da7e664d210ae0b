// Gradient check: each gradient that the stage shows, beside the same in float64 and a central difference.

import { reference } from 'layerlens/reference';
import { pictureAt } from './model.js';
import { passInputs, refOf, scenes } from './scenes.js';

/** @typedef {import('./model.js').Run} Run */
/** @typedef {import('./state.js').State} State */
/** @typedef {{ kernel: number, reference: number, difference: number, error: number, ok: boolean }} Checked */

/**
 * Checks all gradients of a run, by their refs and in the order of the passes back.
 * @param {State} state
 * @param {Run} run
 * @returns {Map<string, Checked>}
 */
export function checkGradients({ scene: name, inputs }, run) {
  const scene = scenes[name];
  const { values } = pictureAt(run, run.count);
  const checked = new Map();
  const [x, dout] = passInputs(scene, inputs).map((values) => reference.tensor(values));
  // Large enough to move the largest number.
  const step = Math.max(1e-5, 1e-11 * Math.max(...Object.values(inputs).flat(2).map(Math.abs)));

  for (const { layer, names } of scene.routes?.(/** @type {any} */ (reference), inputs) ?? []) {
    const nameOf = (/** @type {string} */ key) => names[key] ?? key;
    /** What the stage shows of a tensor; a number that is missing there is no number. @param {string} tensor @param {readonly number[]} shape */
    const shown = (tensor, shape) => {
      const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
      const at = (/** @type {number} */ k) => values.get(refOf(scene, tensor, Math.floor(k / columns), k % columns)) ?? NaN;
      return reference.tensor(Array.from({ length: rows * columns }, (_, k) => at(k)), [...shape]);
    };

    // The check asks a layer that has run for its gradients. Here the stage answers for it: for the whole network first, then
    // for what is left of it behind each edge, so that the gradient along every edge is seen.
    const layers = layer.layers ?? [layer];
    const found = [];
    let value = x;
    for (const k of layers.keys()) {
      const path = layer.layers ? `${k}.` : '';
      const along = nameOf(k === 0 ? 'dx' : `d${k - 1}.y`);
      const recorded = {
        name: 'sequential',
        label: layer.label,
        layers: layers.slice(k),
        parameters: layers.slice(k).flatMap((/** @type {any} */ inner, /** @type {number} */ i) =>
          inner.parameters.map((/** @type {any} */ { name, value }) => ({
            name,
            value,
            grad: shown(nameOf(layer.layers ? `d${k + i}.${name}` : `d${name}`), value.shape),
          })),
        ),
        forward: () => undefined,
        backward: () => shown(along, value.shape),
      };
      const { tensors } = reference.gradientCheck(recorded, value, dout, { step });
      const here = layers[k].parameters.map((/** @type {any} */ { name }) => nameOf(`d${path}${name}`));
      found.unshift(...[along, ...here].map((tensor, i) => ({ tensor, cells: tensors[i].cells })));
      value = layers[k].forward(value);
    }
    for (const { tensor, cells } of found) {
      for (const { index, ...cell } of cells) {
        const [i, j] = index.length === 2 ? index : [0, index[0]];
        checked.set(refOf(scene, tensor, i, j), cell);
      }
    }
  }
  return checked;
}
