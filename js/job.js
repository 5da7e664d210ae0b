// A job in shared memory: one kernel call, cut into parts that threads take one after the other until none is left. So a thread
// that comes late, or that the system lets run little, takes fewer of them, and nobody waits for it. Each number of the result is
// computed inside of one part, in the same order as without threads: its bits don't depend on who computes it.

/** Parts that nobody has taken yet, and 0 or less while there is no job: idle threads wait for it to change. */
const LEFT = 0;
/** Parts that aren't finished; whoever wants the result waits for 0. */
const PENDING = 1;

/** Places in `numbers`: what to call, how it is cut, and its arguments, which their steps follow. */
const [KERNEL, PARTS, TILE, COUNTED, LENGTH, ARGUMENTS] = [0, 1, 2, 3, 4, 5];
/** More than any kernel takes. */
const MOST_ARGUMENTS = 16;

/** How long a thread looks again and again before it sleeps, in ms: waking it takes as long, and most waits are shorter. */
const PATIENCE = 0.05;

/**
 * A kernel call that can be cut along one of its sizes.
 * @typedef {object} Call
 * @property {number} kernel its place in the list of kernels
 * @property {number[]} args
 * @property {number[]} steps by how much each argument changes from one element (row, input) along that size to the next
 * @property {number} counted the place among the arguments of the size itself
 * @property {number} tile where to cut: at multiples of it
 */

export class Job {
  /** @param {SharedArrayBuffer} [buffer] of another thread's job; a new one if left out */
  constructor(buffer = new SharedArrayBuffer(8 * (1 + ARGUMENTS + 2 * MOST_ARGUMENTS))) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, 2);
    this.numbers = new Float64Array(buffer, 8);
  }

  /**
   * Offers a call to all threads. The job before it must be finished.
   * @param {Call} call
   * @param {number} parts in which it is cut; as even as the tiles allow
   */
  offer({ kernel, args, steps, counted, tile }, parts) {
    this.numbers.set([kernel, parts, tile, counted, args.length, ...args, ...steps]);
    Atomics.store(this.words, PENDING, parts);
    Atomics.store(this.words, LEFT, parts); // from here on the numbers are read
    Atomics.notify(this.words, LEFT);
  }

  /**
   * Takes parts until none is left.
   * @param {((...args: number[]) => unknown)[]} kernels
   */
  work(kernels) {
    const { words } = this;
    while (Atomics.load(words, LEFT) > 0) {
      const left = Atomics.sub(words, LEFT, 1);
      if (left <= 0) return; // another thread was faster
      try {
        this.#run(kernels, left);
      } finally {
        if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING);
      }
    }
  }

  /**
   * Runs one part. The numbers stay as they are until it is finished.
   * @param {((...args: number[]) => unknown)[]} kernels
   * @param {number} left how many there were when it was taken
   */
  #run(kernels, left) {
    const { [KERNEL]: kernel, [PARTS]: parts, [TILE]: tile, [COUNTED]: counted, [LENGTH]: length } = this.numbers;
    const args = this.numbers.slice(ARGUMENTS, ARGUMENTS + length);
    const size = args[counted];
    const tiles = Math.ceil(size / tile);
    const [first, end] = [parts - left, parts - left + 1].map((part) => Math.min(size, tile * Math.floor((part * tiles) / parts)));
    for (let i = 0; i < length; i++) {
      const step = this.numbers[ARGUMENTS + length + i];
      if (step) args[i] += first * step; // constants stay what they are: −0 + 0 would be 0
    }
    args[counted] = end - first;
    kernels[kernel](...args);
  }

  /** Waits for a job. */
  awaitWork() {
    this.#await(LEFT, (left) => left > 0, true);
  }

  /**
   * Waits for the end of the parts that other threads have taken.
   * @param {boolean} maySleep the main thread of a page may not
   */
  awaitEnd(maySleep) {
    this.#await(PENDING, (pending) => pending === 0, maySleep);
  }

  /**
   * @param {number} word
   * @param {(value: number) => boolean} ready
   * @param {boolean} maySleep
   */
  #await(word, ready, maySleep) {
    const { words } = this;
    const sleepy = performance.now() + PATIENCE;
    for (let value = Atomics.load(words, word); !ready(value); value = Atomics.load(words, word)) {
      if (maySleep && performance.now() > sleepy) Atomics.wait(words, word, value);
    }
  }
}
