// A runtime on shared memory, with helper threads.

import { relaxed, simd } from './embedded-threads.js';
import { checkInteger, checkOptions, show } from './check.js';
import { explain, pick } from './engine.js';
import { ArgumentError, LoadError } from './errors.js';
import { checkKernels } from './kernels.js';
import { Pool } from './pool.js';
import { Runtime } from './runtime.js';
import { names, share } from './share.js';

/** @typedef {import('./kernels.js').Kernels} Kernels */

/**
 * @typedef {object} ThreadsOptions
 * @property {number} [threads] how many share the work, the calling one included, 1 to 64. As many as the machine has cores, but at
 *   most 4, if left out.
 * @property {'auto' | 'relaxed' | 'simd'} [variant] as for `load` of `layerlens`
 */

/** A wasm page, in bytes. */
const PAGE = 65536;
/** The size of a new memory in pages: what the kernels ask for, and some more. */
const INITIAL = 16;

/** A runtime whose large kernel calls are shared out among threads. Made by `load` of `layerlens/threads`. */
export class ThreadedRuntime extends Runtime {
  #pool;

  /**
   * @internal
   * @param {Kernels} kernels
   * @param {Pool} pool
   * @param {number} threads
   */
  constructor(kernels, pool, threads) {
    super(kernels);
    this.#pool = pool;
    /** How many threads share the work, the calling one included. @readonly */
    this.threads = threads;
  }

  /** Ends the runtime, all of its tensors and layers, and its threads. */
  dispose() {
    super.dispose();
    this.#pool.end();
  }
}

/** How many threads the machine can run at once. Node 20 has no `navigator`. */
function cores() {
  const { navigator, process } = /** @type {any} */ (globalThis);
  return navigator?.hardwareConcurrency ?? process.getBuiltinModule('node:os').availableParallelism();
}

/**
 * A memory that several instances may share. It can't grow beyond the maximum that it is made with, for which address space is set
 * aside at once: 2 GiB, or what the engine gives.
 */
function makeMemory() {
  for (let maximum = 2 ** 31 / PAGE; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL, maximum, shared: true });
    } catch (cause) {
      if (maximum === INITIAL) throw new LoadError('load: the engine gives no shared memory', { cause });
    }
  }
}

/**
 * See `load` of threads.js.
 * @param {ThreadsOptions | undefined} options
 * @param {number} least the least work of a part, in multiply-adds
 */
export async function start(options, least) {
  const given = checkOptions('load', options, {
    threads: /** @type {number | undefined} */ (undefined),
    variant: /** @type {'auto' | 'relaxed' | 'simd'} */ ('auto'),
  });
  if (!['auto', 'relaxed', 'simd'].includes(given.variant)) {
    throw new ArgumentError(`load: variant must be 'auto', 'relaxed' or 'simd', got ${show(given.variant)}`);
  }
  if (given.threads !== undefined) checkInteger('load', 'threads', given.threads, 1, 64);
  if (typeof WebAssembly !== 'object' || typeof SharedArrayBuffer !== 'function' || globalThis.crossOriginIsolated === false) {
    throw new LoadError(
      'load: threads need WebAssembly and SharedArrayBuffer; a page has the latter only if its server sends the headers ' +
        "'Cross-Origin-Opener-Policy: same-origin' and 'Cross-Origin-Embedder-Policy: require-corp'; layerlens itself does without",
    );
  }
  const threads = given.threads ?? Math.min(4, cores());

  const bytes = pick(given.variant, { relaxed, simd });
  try {
    const module = await WebAssembly.compile(bytes);
    const memory = makeMemory();
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const kernels = /** @type {any} */ (checkKernels(exports));

    // The helpers' stacks come first in what the module itself doesn't use; each is as long as the stack of the first thread.
    const stack = kernels.__stack_pointer.value;
    const stacks = Array.from({ length: threads - 1 }, (_, i) => kernels.__heap_base.value + (i + 1) * stack);
    const end = stacks.at(-1) ?? kernels.__heap_base.value;
    memory.grow(Math.ceil(Math.max(0, end - memory.buffer.byteLength) / PAGE));

    const pool = new Pool(names.map((name) => kernels[name]));
    await pool.start({ module, memory, names }, stacks);
    const own = { ...kernels, __heap_base: { value: end } };
    return new ThreadedRuntime(threads === 1 ? own : share(own, pool, threads, least), pool, threads);
  } catch (error) {
    throw explain(error);
  }
}
