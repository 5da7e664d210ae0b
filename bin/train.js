// `layerlens train`: a network of Affine layers learns to tell classes apart.

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { load } from 'layerlens';
import { loadSafetensors, saveSafetensors } from 'layerlens/formats';

import { table as inColumns } from '../js/table.js';
import { evaluate } from './classify.js';
import { Failure } from './failure.js';
import { readNetwork } from './network.js';
import { optimizers, toMetadata } from './notes.js';
import { checkReplaceable, replaceFile } from './output.js';
import { encode, fill, scaleOf, split } from './prepare.js';
import { Report } from './report.js';
import { IRIS, readSamples } from './table.js';
import { list } from './text.js';

/** @typedef {import('layerlens').Runtime} Runtime */
/** @typedef {import('./notes.js').Data} Data */
/** @typedef {import('./notes.js').Run} Run */
/** @typedef {import('./table.js').Table} Table */

/**
 * The options as the command line gives them.
 * @typedef {object} Options
 * @property {string} [label]
 * @property {boolean} [header]
 * @property {string} [delimiter]
 * @property {number[]} hidden
 * @property {'sigmoid' | 'relu'} activation
 * @property {keyof typeof optimizers} optimizer
 * @property {number} [lr]
 * @property {number} [epochs]
 * @property {number} batch
 * @property {number} seed
 * @property {number} test
 * @property {import('./prepare.js').Way} [normalize]
 * @property {string} [out]
 * @property {string} [resume]
 * @property {boolean} [json]
 * @property {boolean} [quiet]
 */

/** Defaults of a new run. */
export const EPOCHS = 50;
export const OUT = 'net.safetensors';

/** What asks a program to end: Ctrl+C, `kill`, and a terminal that closes. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * What a run starts with, a new one or one that goes on.
 * @typedef {{ net: import('layerlens').Sequential, optimizer: import('layerlens').Optimizer, data: Data, run: Run }} State
 */

/**
 * @param {string} name of the data
 * @param {string | undefined} labelFile
 * @param {Options} options
 */
export async function train(name, labelFile, options) {
  const out = options.out ?? options.resume ?? OUT;
  const sources = [name, labelFile].filter((path) => path !== undefined && path !== IRIS);
  const target = await checkReplaceable(out, /** @type {string[]} */ (sources)); // before the work, not after it
  const ll = await load();
  const report = new Report(options.quiet ?? false);

  const saved = options.resume === undefined ? undefined : await resume(ll, options.resume, options);
  const table = await readSamples(name, labelFile, saved ? { ...options, ...columnsOf(saved) } : options);
  const { classes, t } = encode(name, table.labels);
  const samples = createHash('sha256').update(table.x).update(t).update(classes.join()).digest('hex');
  if (saved && saved.run.samples !== samples) {
    throw new Failure(`${name}: these aren't the samples that ${options.resume} was trained on, so that it can't be resumed`);
  }
  const state = saved ?? begin(ll, table, classes, t, samples, options);
  const { net, optimizer, data, run } = state;
  const rows = split(ll, t, run.test, run.seed);
  const left = iterationsLeft(rows.training.length, run);

  const signal = interruption(report);
  const count = net.parameters.reduce((sum, { value }) => sum + value.size, 0);
  const format = table.format ? ` (${table.format})` : '';
  report.line('data', `${name}: ${table.rows} samples of ${table.columns} features${format}`);
  report.line('classes', `${classes.length}: ${list(classes)}`);
  report.line('split', `${rows.training.length} for training, ${rows.test.length} held out for the test`);
  report.line('network', `${net.layers.map(({ label }) => label).join(' → ')}, ${count} parameters`);
  report.line('optimizer', `${run.optimizer}, lr ${run.lr}; ${run.epochs} epochs in batches of ${run.batch}, seed ${run.seed}`);

  const x = ll.zeros([rows.training.length, table.columns]);
  fill(x.data, table, rows.training, data.scale);
  const wanted = rows.training.map((row) => t[row]);
  await learn(ll, state, x, wanted, signal, report);
  x.dispose();

  const training = evaluate(ll, net, table, data.scale, rows.training, t);
  const test = rows.test.length > 0 ? evaluate(ll, net, table, data.scale, rows.test, t) : undefined;
  checkLoss(training.loss, run);
  if (left === 0 && options.resume !== undefined && target === (await realpath(options.resume))) {
    report.line('finished', `all ${run.iteration} iterations are done; --epochs ${run.epochs + 1} or more goes on`);
  } else {
    await replaceFile(target, saveSafetensors(net, { optimizer, metadata: toMetadata(data, run) }));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ out, iterations: run.iteration, training, test })}\n`);
  else process.stdout.write(summary(out, training, test));
  if (signal.aborted) report.line('stopped', `layerlens train ${[name, labelFile].join(' ').trim()} --resume ${out} goes on`);
}

/**
 * Trains until the last epoch or the signal.
 * @param {Runtime} ll
 * @param {State} state whose count of iterations goes along
 * @param {import('layerlens').Tensor} x
 * @param {number[]} t
 * @param {AbortSignal} signal
 * @param {Report} report
 */
async function learn(ll, { net, optimizer, run }, x, t, signal, report) {
  const loss = ll.softmaxCrossEntropy();
  const settings = { epochs: run.epochs, batchSize: run.batch, seed: run.seed, start: run.iteration, signal };
  try {
    for await (const progress of ll.train(net, loss, optimizer, x, t, settings)) {
      report.update(progress);
      run.iteration = progress.iteration;
      checkLoss(progress.loss, run);
    }
  } finally {
    report.stop();
  }
  loss.dispose();
  report.curve();
}

/**
 * What a signal aborts, so that the run saves and ends, with 128 and the signal's number. A second one ends it at once, as it ends
 * any program: even when nothing here is listening, since a step or an evaluation is being computed.
 * @param {Report} report
 */
function interruption(report) {
  const controller = new AbortController();
  /** @param {NodeJS.Signals} _name @param {number} number */
  const stop = (_name, number) => {
    for (const name of signals) process.off(name, stop);
    report.stop(); // now, since the second one leaves no time for it
    process.exitCode = 128 + number;
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  return controller.signal;
}

/** @param {number} samples for training @param {Run} run */
function iterationsLeft(samples, { epochs, batch, iteration }) {
  const iterations = epochs * Math.ceil(samples / batch);
  if (iteration > iterations) {
    throw new Failure(`${iteration} iterations are done already, more than the ${iterations} of --epochs ${epochs}`);
  }
  return iterations - iteration;
}

/** @param {number} loss @param {Run} run */
function checkLoss(loss, { iteration }) {
  if (!Number.isFinite(loss)) throw new Failure(`the loss is ${loss} after ${iteration} iterations: try a smaller --lr`);
}

/**
 * @typedef {ReturnType<typeof evaluate>} Score
 * @param {string} out
 * @param {Score} training
 * @param {Score} [test]
 */
function summary(out, training, test) {
  const shown = (/** @type {Score} */ { right, samples, accuracy }) => `${right} of ${samples} right (${accuracy.toFixed(4)})`;
  const lines = [['saved', out], ['loss', training.loss.toPrecision(4)], ['training', shown(training)]];
  if (test) lines.push(['test', shown(test)]);
  return `${inColumns(lines)}\n`;
}

/**
 * A new network, its weights drawn from the seed.
 * @param {Runtime} ll
 * @param {Table} table
 * @param {string[]} classes
 * @param {Int32Array} t
 * @param {string} samples
 * @param {Options} options
 * @returns {State}
 */
function begin(ll, table, classes, t, samples, options) {
  const { hidden, activation, optimizer, lr = optimizers[optimizer], epochs = EPOCHS, batch, seed, test } = options;
  const { training } = split(ll, t, test, seed);
  const scale = scaleOf(options.normalize ?? (table.bytes ? 'bytes' : 'columns'), table, training);
  const widths = [table.columns, ...hidden, classes.length];
  const std = activation === 'relu' ? 'he' : 'xavier';
  const layers = widths.slice(1).flatMap((width, i) => [ll[activation](), ll.affine(widths[i], width, { seed: seed + 1 + i, std })]);
  return {
    net: ll.sequential(...layers.slice(1)), // no activation before the first
    optimizer: ll[optimizer]({ lr }),
    data: { columns: table.columns, names: table.names, label: table.label, classes, scale },
    run: { optimizer, lr, epochs, batch, seed, test, iteration: 0, samples },
  };
}

/** The columns of an earlier run, as the options name them. @param {State} state */
const columnsOf = ({ data: { names, label } }) => ({
  header: names !== undefined,
  label: label && (label.name ?? String(label.column + 1)),
});

/**
 * A saved network and its optimiser, as they were.
 * @param {Runtime} ll
 * @param {string} path
 * @param {Options} options
 * @returns {Promise<State>}
 */
async function resume(ll, path, options) {
  const { file, net, data, run } = await readNetwork(ll, path);
  if (!data || !run) throw new Failure(`${path}: layerlens train didn't write it, so that it can't be resumed`);
  const { lr = run.lr, epochs = run.epochs } = options;
  const optimizer = ll[run.optimizer]({ lr });
  loadSafetensors(file, net, { optimizer });
  return { net, optimizer, data, run: { ...run, lr, epochs } };
}
