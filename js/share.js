// Which kernels threads share, along which of their sizes, and from what amount of work on.

/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./pool.js').Pool} Pool */

/**
 * Elementwise kernels: how many tensors are among their arguments, and what an element costs, in multiply-adds of the matrix
 * product. The tensors come first, and the number of elements last.
 * @type {Record<string, [tensors: number, cost: number]>}
 */
const elementwise = {
  sigmoid_forward: [2, 16],
  sigmoid_backward: [3, 4],
  relu_forward: [2, 2],
  relu_backward: [3, 3],
  multiply_forward: [2, 2],
  multiply_backward: [2, 2],
  add_forward: [2, 2],
  add_backward: [2, 2],
  exp_forward: [2, 23],
  exp_backward: [3, 3],
  reciprocal_forward: [2, 5],
  reciprocal_backward: [3, 4],
  sgd_step: [2, 5],
  momentum_step: [3, 7],
  adagrad_step: [3, 13],
  adam_step: [4, 18],
};

/** The kernels that threads call, by their place in a job. */
export const names = ['affine_forward', 'affine_backward_part', ...Object.keys(elementwise)];

/** Parts for each thread, so that one that comes late can be helped; each reads what all have in common anew. */
const PARTS = 2;
/** The least work of a part, in multiply-adds: 4 µs or so. Waking a thread takes ten times as long: from 8 such parts on it pays. */
export const LEAST = 2 ** 17;

/**
 * The kernels, with a shared one in place of each that can be. Small work stays with the calling thread.
 * @template {Kernels} T
 * @param {T & Record<string, any>} kernels
 * @param {Pool} pool
 * @param {number} threads
 * @param {number} least as LEAST
 * @returns {T}
 */
export function share(kernels, pool, threads, least) {
  const worthwhile = 8 * least;

  /**
   * @param {string} name
   * @param {number} work in multiply-adds
   * @param {Omit<import('./job.js').Call, 'kernel'>} call
   */
  const run = (name, work, call) => {
    const tiles = Math.ceil(call.args[call.counted] / call.tile);
    pool.run({ kernel: names.indexOf(name), ...call }, Math.min(PARTS * threads, Math.floor(work / least), tiles));
  };

  /** @type {Record<string, Function>} */
  const shared = {
    /** Along the rows, of which five or six are computed together. @type {Kernels['affine_forward']} */
    affine_forward(y, x, w, b, rows, inputs, outputs) {
      const work = rows * inputs * outputs;
      if (work < worthwhile) return kernels.affine_forward(y, x, w, b, rows, inputs, outputs);
      const args = [y, x, w, b, rows, inputs, outputs];
      run('affine_forward', work, { args, steps: [4 * outputs, 4 * inputs, 0, 0, 0, 0, 0], counted: 4, tile: 5 });
    },
    /** Along the inputs, which are columns of dx and rows of dw; a panel has eight. @type {Kernels['affine_backward']} */
    affine_backward(dx, dw, db, dout, x, w, rows, inputs, outputs) {
      const work = (dx ? 2 : 1) * rows * inputs * outputs;
      if (work < worthwhile) return kernels.affine_backward(dx, dw, db, dout, x, w, rows, inputs, outputs);
      const args = [dx, dw, db, dout, x, w, rows, inputs, outputs, 0, inputs];
      run('affine_backward_part', work, { args, steps: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], counted: 10, tile: 8 });
    },
  };
  for (const [name, [tensors, cost]] of Object.entries(elementwise)) {
    const kernel = kernels[name];
    shared[name] = (/** @type {number[]} */ ...args) => {
      const counted = args.length - 1;
      const work = cost * args[counted];
      if (work < worthwhile) return kernel(...args);
      run(name, work, { args, steps: args.map((_, i) => (i < tensors ? 4 : 0)), counted, tile: 4 });
    };
  }
  return { ...kernels, ...shared };
}
