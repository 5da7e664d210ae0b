// What a peer's process or page does when it is asked: get a row's task ready, or time it.

import { draw } from './draw.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {Record<string, { shape: number[], data: Float32Array<ArrayBuffer> }>} Inputs */
/** @typedef {Record<string, ArrayLike<number>>} Result each output by its name */

/**
 * @typedef {object} Task
 * @property {() => unknown} run computes once; what it returns is waited for where the task is `asynchronous`
 * @property {() => Result | Promise<Result>} result of the last run; or of one more, where a run keeps nothing
 * @property {boolean} [asynchronous]
 * @property {() => void} [dispose] frees what the task holds
 */

/** What a peer can do, by kind. @typedef {Record<string, (inputs: Inputs) => Task | Promise<Task>>} Tasks */

/** What is asked: to get a row ready, or to time that many runs of it. @typedef {{ prepare: Row } | { calls: number }} Request */

/**
 * @typedef {object} Answer
 * @property {Record<string, string>} [result] of the row, its numbers as base64; missing if the peer has no such task
 * @property {number} [milliseconds]
 * @property {string} [error]
 */

/** @param {Tasks} tasks @returns {(request: Request) => Promise<Answer>} */
export function answerer(tasks) {
  /** @type {Task | undefined} */
  let task;
  return async (request) => {
    if ('calls' in request) return { milliseconds: await time(/** @type {Task} */ (task), request.calls) };
    task?.dispose?.();
    task = undefined;
    const { kind, inputs, runs } = request.prepare;
    if (!tasks[kind]) return {};
    const drawn = Object.entries(inputs).map(([name, wanted]) => [name, { shape: wanted.shape, data: draw(wanted) }]);
    task = await tasks[kind](Object.fromEntries(drawn));
    for (let i = 0; i < runs; i++) await task.run();
    return { result: Object.fromEntries(Object.entries(await task.result()).map(([name, numbers]) => [name, base64(numbers)])) };
  };
}

/** @param {Task} task @returns {Promise<number>} milliseconds */
async function time({ run, asynchronous }, calls) {
  const begin = performance.now();
  if (asynchronous) for (let i = 0; i < calls; i++) await run();
  else for (let i = 0; i < calls; i++) run();
  return performance.now() - begin;
}

function base64(numbers) {
  const bytes = new Uint8Array(Float32Array.from(numbers).buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
