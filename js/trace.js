// One forward and one backward pass, taken apart into elementary steps. Every number in them comes out of a kernel.

import { checkOptions, show, showShape } from './check.js';
import { ArgumentError, ShapeError } from './errors.js';
import { flatten } from './network.js';

/** @typedef {import('./tensor.js').TensorLike} TensorLike */

/**
 * One number: `ref` names it (`X[0][1]`, `db[2]`), `value` is what a kernel read or wrote there.
 * @typedef {{ ref: string, value: number }} Cell
 */

/**
 * One elementary step of a pass.
 * @typedef {object} Step
 * @property {'forward' | 'backward'} pass
 * @property {string} layer the kind of layer: `affine`, `sigmoid`, `multiply`, …
 * @property {'broadcast' | 'y' | 'dx' | 'dW' | 'db'} op what is computed; `broadcast` hands a bias to all rows of a batch, where
 *   their sums start
 * @property {Cell[]} reads in the order of the formula
 * @property {Cell[]} writes
 * @property {string} formula its refs filled in: `Y[0][1] = b[1] + X[0][0]·W[0][1] + X[0][1]·W[1][1]`
 * @property {number[]} partials of a sum: where the kernel stands after each term, the last one being what it writes; else empty
 * @property {number} [local] backward through one element: the node's own derivative, which multiplies the one from upstream
 */

/** @typedef {Pick<Step, 'op' | 'reads' | 'writes' | 'formula'> & Partial<Step>} Draft A step, but for what all have. */

/**
 * One layer's part of the passes: the numbers of its tensors as rows, and a cell of one of them. The tensors are x, y, dx, dout,
 * W, b, dW and db; and `local`, which is backward's answer to ones.
 * @typedef {object} Part
 * @property {any} layer
 * @property {boolean} batch
 * @property {Record<string, number[][]>} rows
 * @property {(tensor: string, i: number, j: number) => Cell} cell
 */

const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);
/** @returns {number[][]} */
const toRows = (/** @type {number[] | number[][]} */ array) => /** @type {any} */ (Array.isArray(array[0]) ? array : [array]);
/**
 * A step for each element.
 * @param {number[][]} rows
 * @param {(i: number, j: number) => Draft} step
 */
const each = (rows, step) => rows.flatMap((row, i) => row.map((_, j) => step(i, j)));

/**
 * Each elementwise layer's formula of y, and that of its local derivative, which reads y or not.
 * @type {Record<string, { y: (x: string, c: string) => string, local: (y: string, c: string) => string, reads?: 'y' }>}
 */
const formulas = {
  sigmoid: { y: (x) => `1 / (1 + exp(−${x}))`, local: (y) => `${y}·(1 − ${y})`, reads: 'y' },
  relu: { y: (x) => `max(${x}, 0)`, local: (y) => `(${y} ≤ 0 ? 0 : 1)`, reads: 'y' },
  multiply: { y: (x, c) => `${x}·${c}`, local: (_, c) => c },
  exp: { y: (x) => `exp(${x})`, local: (y) => y, reads: 'y' },
  add: { y: (x, c) => `${x} + ${c}`, local: () => '1' },
  reciprocal: { y: (x) => `1 / ${x}`, local: (y) => `(−${y}²)`, reads: 'y' },
};

/** @param {Part} part @returns {{ forward: Draft[], backward: Draft[] }} */
function elementwiseSteps({ layer, rows, cell }) {
  const { y, local, reads } = formulas[layer.name];
  const c = layer.c < 0 ? `(−${-layer.c})` : String(layer.c);
  return {
    forward: each(rows.x, (i, j) => {
      const [from, to] = [cell('x', i, j), cell('y', i, j)];
      return { op: 'y', reads: [from], writes: [to], formula: `${to.ref} = ${y(from.ref, c)}` };
    }),
    backward: each(rows.x, (i, j) => {
      const [dout, out, dx] = [cell('dout', i, j), cell('y', i, j), cell('dx', i, j)];
      const formula = `${dx.ref} = ${dout.ref}·${local(out.ref, c)}`;
      return { op: 'dx', reads: reads ? [dout, out] : [dout], writes: [dx], formula, local: rows.local[i][j] };
    }),
  };
}

/** @param {Part} part @returns {{ forward: Draft[], backward: Draft[] }} */
function affineSteps({ layer, batch, rows, cell }) {
  const { x, b, dout } = rows;

  /**
   * The steps of one matrix product, each of them a sum of left(i, k)·right(k, j) over k. The kernels add one product after the
   * other, so that the product of the first k alone is exactly what their accumulator holds after them.
   * @param {Exclude<Step['op'], 'broadcast'>} op and the name of the result
   * @param {number} inner the length of k
   * @param {((i: number, k: number) => Cell) | undefined} left without it, the sum is one of right(k, j) alone
   * @param {(k: number, j: number) => Cell} right
   * @param {number[]} [start] where each column's sum starts, read from b
   */
  const product = (op, inner, left, right, start) => {
    const result = rows[op];
    const A = result.map((_, i) => range(inner).map((k) => (left ? left(i, k).value : 1)));
    const B = range(inner).map((k) => result[0].map((_, j) => right(k, j).value));
    const partials = range(inner).map((k) => {
      const first = layer.runtime.affine(B.slice(0, k + 1), start ?? result[0].map(() => 0));
      const sums = first.forward(A.map((row) => row.slice(0, k + 1))).toArray();
      first.dispose();
      return sums;
    });
    return each(result, (i, j) => {
      const terms = range(inner).map((k) => (left ? [left(i, k), right(k, j)] : [right(k, j)]));
      if (start) terms.unshift([cell('b', 0, j)]);
      const written = cell(op, i, j);
      const sum = terms.map((factors) => factors.map(({ ref }) => ref).join('·')).join(' + ');
      return {
        op,
        reads: terms.flat(),
        writes: [written],
        formula: `${written.ref} = ${sum}`,
        partials: [...(start ? [start[j]] : []), ...partials.map((sums) => sums[i][j])],
      };
    });
  };

  const biases = b?.[0].map((_, j) => cell('b', 0, j)) ?? [];
  const broadcast = `${biases.map(({ ref }) => ref).join(', ')} → N = ${x.length}`;
  const start = b && batch ? [{ op: /** @type {const} */ ('broadcast'), reads: biases, writes: [], formula: broadcast }] : [];
  const db = b ? product('db', dout.length, undefined, (n, j) => cell('dout', n, j)) : [];
  if (!layer.W) {
    const node = (/** @type {'y' | 'dx'} */ op, /** @type {(i: number, j: number) => Cell[]} */ terms) =>
      each(rows[op], (i, j) => {
        const [reads, written] = [terms(i, j), cell(op, i, j)];
        return { op, reads, writes: [written], formula: `${written.ref} = ${reads.map(({ ref }) => ref).join(' + ')}` };
      });
    return {
      forward: [...start, ...node('y', (i, j) => [cell('x', i, j), biases[j]])],
      backward: [...node('dx', (i, j) => [cell('dout', i, j)]), ...db],
    };
  }
  return {
    forward: [...start, ...product('y', x[0].length, (i, k) => cell('x', i, k), (k, j) => cell('W', k, j), b?.[0])],
    backward: [
      ...product('dx', dout[0].length, (i, j) => cell('dout', i, j), (j, k) => cell('W', k, j)),
      ...product('dW', x.length, (k, n) => cell('x', n, k), (n, j) => cell('dout', n, j)),
      ...db,
    ],
  };
}

/**
 * What a layer does step by step. A function and no table, which bundlers would keep where `trace` isn't used.
 * @param {any} layer
 * @returns {(part: Part) => { forward: Draft[], backward: Draft[] }}
 * @throws ArgumentError for what is no layer, or has no steps
 */
function stepsOf(layer) {
  const name = layer?.name;
  if (name === 'affine' || name === 'dot' || name === 'addBias') return affineSteps;
  if (Object.hasOwn(formulas, name)) return elementwiseSteps;
  throw new ArgumentError(`trace: expected a layer that has steps, got ${layer?.label ?? show(layer)}`);
}

/**
 * Runs one forward and one backward pass and returns, in order, every elementary step of both, with the numbers read and
 * written. Meant for small tensors: a step is one number of a result.
 *
 * Tensors are named `x`, `y`, `dout`, `dx` and by the layer's parameters; inside a `sequential` the place comes first, as in
 * `0.W`, `d0.W` and `0.y`, the output of its first layer. `names` gives others.
 * @param {any} layer a layer, or a sequential, of any runtime, `layerlens/reference` included
 * @param {TensorLike | number} x the input; a number runs a graph of scalars: a tensor of one number has no index then
 * @param {TensorLike | number} dout the gradient with respect to the output
 * @param {{ names?: Record<string, string> }} [options] names: another name for a tensor, such as `{ x: 'X', '0.W': 'W' }`
 * @returns {Step[]}
 * @throws as the layer's `forward` and `backward`; ArgumentError for what is no layer, or has no steps; ShapeError for an
 *   empty x
 * @example
 * import { load, trace } from 'layerlens';
 *
 * const ll = await load();
 * for (const { formula } of trace(ll.affine([[3]], [4]), [2], [1])) console.log(formula);
 * // y[0] = b[0] + x[0]·W[0][0]
 * // dx[0] = dout[0]·W[0][0]
 * // dW[0][0] = x[0]·dout[0]
 * // db[0] = dout[0]
 */
export function trace(layer, x, dout, options) {
  const { names } = checkOptions('trace', options, { names: /** @type {Record<string, string>} */ ({}) });
  const nameOf = (/** @type {string} */ key) => names?.[key] ?? key;
  const scalar = typeof x === 'number';
  const parts = flatten(layer);
  for (const { layer } of parts) stepsOf(layer);

  const copy = (/** @type {any} */ numbers) => {
    const tensor = parts[0].layer.runtime.tensor(typeof numbers === 'number' ? [numbers] : numbers);
    const array = tensor.toArray();
    tensor.dispose();
    if (tensor.size === 0) throw new ShapeError(`trace: expected numbers, got the empty shape ${showShape(tensor.shape)}`);
    return array;
  };

  /** @type {any} */
  let value = copy(x);
  const batch = Array.isArray(value[0]);
  const taken = parts.map(({ layer, path }, place) => {
    const before = place === 0 ? '' : parts[place - 1].path;
    const last = place === parts.length - 1;
    /** @type {Record<string, string>} */
    const name = {
      x: nameOf(before ? `${before}y` : 'x'),
      dx: nameOf(before ? `d${before}y` : 'dx'),
      y: nameOf(last ? 'y' : `${path}y`),
      dout: nameOf(last ? 'dout' : `d${path}y`),
    };
    /** @type {Record<string, number[][]>} */
    const rows = { x: toRows(value) };
    value = layer.forward(value).toArray();
    rows.y = toRows(value);
    for (const parameter of layer.parameters) {
      rows[parameter.name] = toRows(parameter.value.toArray());
      name[parameter.name] = nameOf(path + parameter.name);
      name[`d${parameter.name}`] = nameOf(`d${path}${parameter.name}`);
    }
    /** @type {Part['cell']} */
    const cell = (tensor, i, j) => {
      const row = tensor.endsWith('W') || (batch && !tensor.endsWith('b')) ? `[${i}]` : '';
      const single = scalar && rows[tensor].flat().length === 1;
      return { ref: name[tensor] + (single ? '' : `${row}[${j}]`), value: rows[tensor][i][j] };
    };
    return { layer, batch, rows, cell };
  });

  value = copy(dout);
  for (const { layer, rows } of [...taken].reverse()) {
    rows.dout = toRows(value);
    const ones = rows.y.map((row) => row.map(() => 1));
    rows.local = toRows(layer.backward(batch ? ones : ones[0]).toArray());
    value = layer.backward(value).toArray();
    rows.dx = toRows(value);
    for (const { name, grad } of layer.parameters) rows[`d${name}`] = toRows(grad.toArray());
  }

  const passes = taken.map((part) => ({ name: part.layer.name, ...stepsOf(part.layer)(part) }));
  const finish = (/** @type {'forward' | 'backward'} */ pass) => (/** @type {any} */ of) =>
    of[pass].map((/** @type {Draft} */ draft) => ({ pass, layer: of.name, partials: [], ...draft }));
  return [...passes.flatMap(finish('forward')), ...passes.reverse().flatMap(finish('backward'))];
}
