// What training shows on standard error while it runs: a bar on a terminal, a line now and then elsewhere; then the loss curve.

import { plot } from 'asciichart';
import { SingleBar } from 'cli-progress';
import picocolors from 'picocolors';

import { printable } from './text.js';

/** @typedef {{ epoch: number, epochs: number, iteration: number, iterations: number, loss: number }} Progress */

const terminal = process.stderr.isTTY === true;
const { cyan, dim } = picocolors.createColors(terminal && !process.env.NO_COLOR);

/** Columns and lines of the curve, without its axis. */
const WIDTH = 66;
const HEIGHT = 8;

export class Report {
  #quiet;
  /** @type {number[]} */
  #losses = [];
  #bar = new SingleBar({
    format: `${dim('epoch')} {epoch}  ${cyan('{bar}')}  {percentage} %  ${dim('loss')} {loss}  {duration_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 32,
    hideCursor: true,
    gracefulExit: false, // training handles signals itself
    fps: 10,
    stream: process.stderr,
  });

  /** @param {boolean} quiet */
  constructor(quiet) {
    this.#quiet = quiet;
  }

  /**
   * A line of what is going to happen.
   * @param {string} title
   * @param {string} text
   */
  line(title, text) {
    if (!this.#quiet) process.stderr.write(`${dim(title.padEnd(10))} ${printable(text)}\n`);
  }

  /** @param {Progress} progress */
  update({ epoch, epochs, iteration, iterations, loss }) {
    this.#losses.push(loss);
    if (this.#quiet) return;
    const shown = { epoch: count(epoch, epochs), loss: loss.toFixed(4) };
    if (terminal) {
      if (this.#losses.length === 1) this.#bar.start(iterations, iteration - 1, shown);
      this.#bar.update(iteration, shown);
    } else if (Math.floor((10 * iteration) / iterations) > Math.floor((10 * (iteration - 1)) / iterations)) {
      process.stderr.write(`epoch ${shown.epoch}  iteration ${count(iteration, iterations)}  loss ${shown.loss}\n`);
    }
  }

  /** Ends the bar, and gives the terminal its cursor back. */
  stop() {
    this.#bar.stop();
  }

  /** Draws the curve of the losses. */
  curve() {
    if (this.#quiet || this.#losses.length < 2) return;
    const format = (/** @type {number} */ value) => value.toPrecision(3).padStart(9);
    const curve = plot(thin(this.#losses, WIDTH), { height: HEIGHT, format });
    process.stderr.write(`\n${cyan(curve)}\n\n`);
  }
}

/** One of many: ` 7/10`. @param {number} one @param {number} many */
const count = (one, many) => `${String(one).padStart(String(many).length)}/${many}`;

/**
 * A list of at most `length` numbers, each the mean of as many neighbours.
 * @param {number[]} list
 * @param {number} length
 */
function thin(list, length) {
  const size = Math.ceil(list.length / length);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => {
    const part = list.slice(i * size, (i + 1) * size);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
