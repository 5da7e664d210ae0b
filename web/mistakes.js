// Five mistakes that a backward pass makes without complaint, each planted into an Affine layer with a Sigmoid behind it. Sizes are
// alike on purpose, so that shapes don't give them away. The wrong numbers come out of kernels, too.

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('./scenes.js').Inputs} Inputs */
/** @typedef {import('./scenes.js').Rows} Rows */
/** @typedef {import('./model.js').Step} Step */
/** @typedef {'mean' | 'everything' | 'axis1' | 'transpose' | 'slope'} Mistake */

/** What each puzzle has planted. @type {Record<string, Mistake>} */
export const planted = { A: 'everything', B: 'slope', C: 'mean', D: 'transpose', E: 'axis1' };

export const puzzles = Object.keys(planted);

/** In the order in which they are offered. @type {Mistake[]} */
export const mistakes = ['mean', 'everything', 'axis1', 'transpose', 'slope'];

/** The wrong line of NumPy, the right one, and the gradient that it is about. @type {Record<Mistake, { wrong: string, right: string, gradient: string }>} */
export const lineOf = {
  mean: { wrong: 'db = np.mean(dY, axis=0)', right: 'db = np.sum(dY, axis=0)', gradient: 'db' },
  everything: { wrong: 'db = np.sum(dY)', right: 'db = np.sum(dY, axis=0)', gradient: 'db' },
  axis1: { wrong: 'db = np.sum(dY, axis=1)', right: 'db = np.sum(dY, axis=0)', gradient: 'db' },
  transpose: { wrong: 'dX = np.dot(dY, W)', right: 'dX = np.dot(dY, W.T)', gradient: 'dX' },
  slope: { wrong: 'dY = dout * out * (1 - Y)', right: 'dY = dout * out * (1 - out)', gradient: 'dY' },
};

/**
 * Numbers that can be checked in the head: all sums are 0, so that the sigmoid's slope is 1/4 everywhere, and dY counts 1, 2, 3, …
 * @param {number} n
 * @returns {Inputs}
 */
export function puzzleInputs(n) {
  const factors = [1, 2, -1, 3, -2, 0.5, -3, 1.5].slice(0, n);
  return {
    X: factors.map((factor) => [factor, factor, -factor]),
    W: [[1, 0, 2], [0, 1, -1], [1, 1, 1]],
    b: [[0, 0, 0]],
    dout: factors.map((_, i) => [1, 2, 3].map((j) => 4 * (3 * i + j))),
  };
}

/**
 * The passes, a step for each tensor. Nothing tells how a gradient was computed.
 * @param {Runtime} ll
 * @param {Inputs} inputs
 * @param {string} puzzle
 * @returns {Step[]}
 */
export function mistakenSteps(ll, { X, W, b, dout }, puzzle) {
  const mistake = planted[puzzle];
  /** @param {any} layer @param {Rows} x @returns {Rows} */
  const run = (layer, x) => {
    const y = layer.forward(x).toArray();
    layer.dispose();
    return y;
  };
  const product = (/** @type {Rows} */ a, /** @type {Rows} */ b) => run(ll.nodes.dot(b), a);
  /** Element by element: each row times a diagonal matrix. @param {Rows} a @param {Rows} b */
  const times = (a, b) => a.map((row, i) => product([row], b[i].map((value, k) => b[i].map((_, j) => (j === k ? value : 0))))[0]);

  const affine = ll.affine(W, b[0]);
  const sigmoid = ll.sigmoid();
  const Y = /** @type {Rows} */ (affine.forward(X).toArray());
  const out = /** @type {Rows} */ (sigmoid.forward(Y).toArray());
  let dY = /** @type {Rows} */ (sigmoid.backward(dout).toArray());
  if (mistake === 'slope') dY = times(times(dout, out), run(ll.sequential(ll.nodes.multiply(-1), ll.nodes.add(1)), Y));
  let dX = /** @type {Rows} */ (affine.backward(dY).toArray());
  if (mistake === 'transpose') dX = product(dY, W);
  const dW = /** @type {Rows} */ (affine.dW.toArray());
  /** @type {number[]} */
  let db = /** @type {any} */ (affine.db.toArray());
  if (mistake === 'mean') [db] = run(ll.nodes.multiply(1 / X.length), [db]);
  if (mistake === 'everything') [db] = product([db], db.map(() => db.map(() => 1)));
  // One number for each sample: with as many samples as biases, b takes them.
  if (mistake === 'axis1') db = product(dY, b[0].map(() => [1])).flat();
  affine.dispose();
  sigmoid.dispose();

  const matrix = (/** @type {string} */ name, /** @type {Rows} */ rows) =>
    rows.flatMap((row, i) => row.map((value, j) => ({ ref: `${name}[${i}][${j}]`, value })));
  const vector = db.length === b[0].length ? db.map((value, j) => ({ ref: `db[${j}]`, value })) : [];
  const step = (/** @type {'forward' | 'backward'} */ pass, /** @type {string} */ op, /** @type {Step['writes']} */ writes) =>
    /** @type {Step} */ (/** @type {unknown} */ ({ pass, layer: 'puzzle', op, reads: [], writes, formula: '', partials: [] }));
  return [
    step('forward', 'Y', matrix('Y', Y)),
    step('forward', 'out', matrix('out', out)),
    step('backward', 'dY', matrix('dY', dY)),
    step('backward', 'dX', matrix('dX', dX)),
    step('backward', 'dW', matrix('dW', dW)),
    step('backward', 'db', vector),
  ];
}
