// Numbers: runs the library once for each change of the inputs. The picture of a step is made from what it returns.

import { trace } from 'layerlens';
import { reference } from 'layerlens/reference';
import { openedSigmoid, passInputs, refOf, scenes } from './scenes.js';
import { UPDATES } from './training/settings.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('./state.js').State} State */

/** @typedef {ReturnType<typeof trace>[number]} Step */
/**
 * count: of the steps; exact: float64, to compare with
 * @typedef {{ steps: Step[], count: number, inputs: Map<string, number>, exact: Map<string, number> }} Run
 */

/** A step's numbers as the kernels have them; the reference in JavaScript gives more digits. @param {Step} step @returns {Step} */
function toFloat32(step) {
  const cell = (/** @type {Step['reads'][number]} */ { ref, value }) => ({ ref, value: Math.fround(value) });
  const local = step.local === undefined ? {} : { local: Math.fround(step.local) };
  return { ...step, reads: step.reads.map(cell), writes: step.writes.map(cell), partials: step.partials.map(Math.fround), ...local };
}

/**
 * One forward and one backward pass of a scene. A training runs elsewhere; its steps are the updates.
 * @param {Runtime} ll
 * @param {State} state
 * @returns {Run}
 */
export function run(ll, { scene: name, preset, inputs }) {
  const scene = scenes[name];
  if (!scene.routes) return { steps: [], count: UPDATES, inputs: new Map(), exact: new Map() };
  // As a number, a scalar has no index in the trace.
  const [x, dout] = passInputs(scene, inputs).map((values) => (scene.rank === 0 ? /** @type {number[]} */ (values)[0] : values));
  const traces = scene.steps
    ? [scene.steps(ll, inputs, preset).map(toFloat32)]
    : scene.routes(ll, inputs).map(({ layer, names }) => {
        const steps = trace(layer, x, dout, { names }).map(toFloat32);
        layer.dispose();
        return steps;
      });
  const steps = ['forward', 'backward'].flatMap((pass) => traces.flatMap((steps) => steps.filter((step) => step.pass === pass)));
  const cells = Object.entries(inputs).flatMap(([tensor, rows]) =>
    rows.flatMap((row, i) => row.map((value, j) => /** @type {const} */ ([refOf(scene, tensor, i, j), value]))),
  );
  const exact = traces.length > 1 ? exactSigmoid(inputs.x[0][0], inputs.dout[0][0]) : new Map();
  return { steps, count: steps.length, inputs: new Map(cells), exact };
}

/**
 * The sigmoid and its gradient in float64, by the route that keeps its digits: y²·exp(−x) where y is nearly 1, y·(1 − y) where it
 * is nearly 0.
 * @param {number} x
 * @param {number} dout
 */
function exactSigmoid(x, dout) {
  const layer = x > 0 ? openedSigmoid(reference) : reference.sigmoid();
  const [y] = layer.forward([x]).data;
  const [dx] = layer.backward([dout]).data;
  return new Map([['y', y], ['dx', dx]]);
}

/**
 * How the two routes to the sigmoid's gradient came out: alike, or one of them spoilt by float32.
 * @param {Run} run
 * @param {Map<string, number>} values
 * @returns {{ verdict: string, error: number }} the key of what the page says, and the relative error of the worse route
 */
export function compareRoutes({ exact }, values) {
  const truth = Number(exact.get('dx'));
  const [folded, opened] = [Number(values.get('dx')), Number(values.get('opened.dx'))];
  const errorOf = (/** @type {number} */ value) => (value === truth ? 0 : Math.abs((value - truth) / truth));
  if (Number.isNaN(opened)) return { verdict: 'openedUndefined', error: NaN };
  if (folded === opened) return { verdict: 'same', error: errorOf(folded) };
  const [worse, value] = errorOf(folded) > errorOf(opened) ? ['folded', folded] : ['opened', opened];
  const error = errorOf(value);
  return { verdict: error < 1e-5 ? 'rounding' : worse + (value === 0 ? 'Lost' : 'Off'), error };
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
export function pictureAt({ steps, inputs, exact }, step) {
  const done = steps.slice(0, step);
  const values = new Map(inputs);
  for (const { writes } of done) for (const { ref, value } of writes) values.set(ref, value);
  for (const [ref, value] of exact) if (values.has(ref)) values.set(`exact.${ref}`, Math.fround(value));
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
