// What a helper thread runs, embedded as text: it takes parts of jobs until it is ended from outside.

import { Job } from './job.js';

/** @typedef {import('./pool.js').Task} Task */

self.onmessage = (/** @type {MessageEvent<Task>} */ { data: { module, memory, stack, names, buffer } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  /** @type {WebAssembly.Global} */ (exports.__stack_pointer).value = stack;
  const kernels = names.map((name) => /** @type {(...args: number[]) => unknown} */ (exports[name]));
  const job = new Job(buffer);
  self.postMessage('ready');
  for (;;) {
    job.awaitWork();
    job.work(kernels);
  }
};
