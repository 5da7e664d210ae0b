/**
 * The public names of `layerlens/threads`: those of `layerlens`, with a `load` of its own.
 * @module layerlens/threads
 */

import { start } from './threaded.js';
import { LEAST } from './share.js';

export * from './classes.js';
export { ThreadedRuntime } from './threaded.js';

/** @typedef {import('./threaded.js').ThreadsOptions} ThreadsOptions */

/**
 * `load` of `layerlens`, for a runtime that shares large work out among threads. Results are the same to the bit, whatever the
 * number of threads. In a page it needs cross-origin isolation. `dispose` ends the threads.
 * @param {ThreadsOptions} [options]
 * @returns {Promise<import('./threaded.js').ThreadedRuntime>}
 * @throws LoadError where memory can't be shared or a thread doesn't start, and as `load` of `layerlens`; ArgumentError for other
 *   options
 * @example
 * import { load } from 'layerlens/threads';
 *
 * const ll = await load({ threads: 2 });
 * console.log(ll.threads); // 2
 * ll.dispose(); // ends the threads
 */
export function load(options) {
  return start(options, LEAST);
}
