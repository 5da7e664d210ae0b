// Times a row: first every result is compared, then all take turns, and the shortest of many repetitions counts.

import { draw } from './draw.js';
import { byRow, tasksOf } from './peers/plain.js';

/** @typedef {import('./answer.js').Answer} Answer */
/** @typedef {import('./answer.js').Request} Request */
/** @typedef {import('./rows.js').Row} Row */

/**
 * An implementation in a process or page of its own.
 * @typedef {object} Runner
 * @property {string} id of its column; a column of several runners shows the fastest
 * @property {boolean} [unchecked] it computes no result
 * @property {(request: Request) => Promise<Answer>} ask
 */

/**
 * What came of a row in a column: the shortest time, in milliseconds, or what was wrong.
 * @typedef {{ time?: number, wrong?: string }} Outcome
 */

/**
 * Milliseconds.
 * @typedef {object} Limits
 * @property {number} shortest a shorter sample says too little, since clocks tick: in Chromium every 5 µs
 * @property {number} warmUp for which a runner runs before its samples count, so that the engine has optimised it
 * @property {number} enough for which it is then measured
 * @property {number} most for which it is measured where the shortest time keeps falling
 */

/** How many samples there are at least, however long they take. */
const FEWEST = 3;

/** @type {Limits} */
const LIMITS = { shortest: 1.5, warmUp: 80, enough: 250, most: 750 };

/**
 * @param {Row} row
 * @param {Runner[]} runners
 * @returns {Promise<Map<string, Outcome>>} by the columns' ids, of those that have such a task
 */
export async function measure(row, runners, /** @type {Partial<Limits>} */ limits = {}) {
  const expected = exact(row);
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map();
  /** @type {Series[]} */
  const all = [];
  for (const runner of runners) {
    const { result, error } = await runner.ask({ prepare: row });
    if (!result && !error) continue;
    const wrong = error ?? (runner.unchecked ? undefined : difference(result ?? {}, expected, row));
    if (wrong) outcomes.set(runner.id, { wrong });
    else all.push(new Series(runner, { ...LIMITS, ...limits }));
  }

  for (let running = all; running.length > 0; running = running.filter((series) => !series.isDone)) {
    for (const series of running) await series.sample();
  }
  for (const { runner, shortest } of all) {
    const { time = Infinity, wrong } = outcomes.get(runner.id) ?? {};
    if (!wrong) outcomes.set(runner.id, { time: Math.min(time, shortest) });
  }
  return outcomes;
}

/** The samples of one runner. */
class Series {
  shortest = Infinity;
  #limits;
  #calls = 1;
  #spent = 0;
  #samples = 0;
  /** The sample that last made the shortest more than 1 % shorter. */
  #lastFall = 0;

  constructor(/** @type {Runner} */ runner, /** @type {Limits} */ limits) {
    this.runner = runner;
    this.#limits = limits;
  }

  async sample() {
    const { milliseconds, error } = await this.runner.ask({ calls: this.#calls });
    if (milliseconds === undefined) throw new Error(`${this.runner.id}: ${error}`);
    const { shortest, warmUp } = this.#limits;
    const isWarm = this.#spent >= warmUp || milliseconds > warmUp;
    this.#spent += milliseconds;
    if (milliseconds < shortest) {
      this.#calls *= milliseconds < shortest / 8 ? 8 : 2;
    } else if (isWarm) {
      this.#samples++;
      const time = milliseconds / this.#calls;
      if (time < 0.99 * this.shortest) this.#lastFall = this.#samples;
      this.shortest = Math.min(this.shortest, time);
    }
  }

  /** It ends when the second half of the samples has brought nothing new. */
  get isDone() {
    const { warmUp, enough, most } = this.#limits;
    const isStable = this.#samples >= 2 * this.#lastFall;
    return this.#samples >= FEWEST && this.#spent >= warmUp + (isStable ? enough : most);
  }
}

const plain = tasksOf(byRow);

/** The row's result in float64. @returns {Record<string, ArrayLike<number>>} */
function exact({ kind, inputs, runs }) {
  const wide = (/** @type {import('./draw.js').Draw} */ wanted) => ({ shape: wanted.shape, data: Float64Array.from(draw(wanted)) });
  const task = plain[kind](Object.fromEntries(Object.entries(inputs).map(([name, wanted]) => [name, wide(wanted)])));
  for (let i = 0; i < runs; i++) task.run();
  return task.result();
}

/**
 * @param {Record<string, string>} result
 * @param {Record<string, ArrayLike<number>>} expected
 * @param {Row} row
 * @returns {string | undefined} what is wrong with a result
 */
function difference(result, expected, { tolerance }) {
  for (const [name, numbers] of Object.entries(expected)) {
    if (!(name in result)) return `${name} is missing`;
    const actual = new Float32Array(Uint8Array.from(atob(result[name]), (letter) => letter.charCodeAt(0)).buffer);
    if (actual.length !== numbers.length) return `${name} has ${actual.length} numbers instead of ${numbers.length}`;
    const at = actual.findIndex((value, i) => !(Math.abs(value - numbers[i]) <= tolerance[name]));
    if (at >= 0) return `${name}[${at}] is ${actual[at]}, expected ${numbers[at]} ± ${tolerance[name].toExponential(1)}`;
  }
}
