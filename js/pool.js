// The helper threads of a runtime: Web Workers, or worker threads of Node, which share its memory.

import { worker as source } from './embedded-threads.js';
import { LoadError } from './errors.js';
import { Job } from './job.js';

/** @typedef {import('./job.js').Call} Call */

/**
 * What a thread is told at its start.
 * @typedef {object} Task
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {number} stack where the thread's own stack begins, to grow downwards
 * @property {string[]} names of the kernels that are called by their place here
 * @property {SharedArrayBuffer} buffer of the job
 */

/** What Node's workers and those of the browser have in common, and what Node's have beside. @typedef {any} AnyWorker */

/**
 * Runs the embedded source in a thread. No file is loaded: bundlers would have to know about it.
 * @returns {AnyWorker}
 */
function spawn() {
  const options = { name: 'layerlens' };
  if (typeof Worker === 'function') {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    try {
      return new Worker(url, options);
    } finally {
      URL.revokeObjectURL(url); // the worker has it by now
    }
  }
  // No import of a module of Node's, which bundlers for browsers would stumble over. No flags, which may load other code first.
  const { Worker: NodeWorker } = /** @type {any} */ (globalThis).process.getBuiltinModule('node:worker_threads');
  const port = "self = process.getBuiltinModule('node:worker_threads').parentPort";
  return new NodeWorker(`${port}; ${source}`, { ...options, eval: true, execArgv: [] });
}

/**
 * @param {AnyWorker} worker
 * @param {Task} task
 * @returns {Promise<void>} until it is ready
 */
const begin = (worker, task) =>
  new Promise((resolve, reject) => {
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ react) =>
      worker.on ? worker.on(event, react) : worker.addEventListener(event, react);
    on('message', () => resolve());
    on('error', reject);
    worker.postMessage(task);
  });

export class Pool {
  #job = new Job();
  #kernels;
  #maySleep = true;
  /** @type {AnyWorker[]} */
  #workers = [];

  /** @param {((...args: number[]) => unknown)[]} kernels this thread's own */
  constructor(kernels) {
    this.#kernels = kernels;
    try {
      Atomics.wait(this.#job.words, 0, 1); // returns at once, since it isn't 1
    } catch {
      this.#maySleep = false;
    }
  }

  /**
   * @param {Omit<Task, 'buffer' | 'stack'>} task
   * @param {number[]} stacks one for each thread
   */
  async start(task, stacks) {
    try {
      this.#workers = stacks.map(spawn);
      await Promise.all(this.#workers.map((worker, i) => begin(worker, { ...task, stack: stacks[i], buffer: this.#job.buffer })));
    } catch (error) {
      this.end();
      const { message } = /** @type {Partial<Error>} */ (error); // without one where a policy forbids the worker
      const hint = message ? `(${message})` : "; does the page's Content-Security-Policy have 'worker-src blob:'?";
      throw new LoadError(`load: a thread didn't start ${hint}`, { cause: error });
    }
    for (const worker of this.#workers) worker.unref?.(); // idle threads don't keep Node running
  }

  /**
   * Shares a call out among all threads, this one included, and returns when it is finished.
   * @param {Call} call
   * @param {number} parts
   */
  run(call, parts) {
    this.#job.offer(call, parts);
    try {
      this.#job.work(this.#kernels);
    } finally {
      this.#job.awaitEnd(this.#maySleep);
    }
  }

  end() {
    for (const worker of this.#workers) worker.terminate();
  }
}
