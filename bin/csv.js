// Reads a CSV file as it streams in: numbers into one Float32Array, labels beside them.

import { Readable } from 'node:stream';
import Papa from 'papaparse';

import { Failure } from './failure.js';
import { quote } from './text.js';

/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('./table.js').Table} Table */

/**
 * Which columns to read, counted from 0.
 * @typedef {object} Choice
 * @property {boolean} header whether the first line names the columns
 * @property {number[]} features
 * @property {number} [label]
 */

/** @param {string} field */
export const isNumber = (field) => field.trim() !== '' && Number.isFinite(Number(field));

/**
 * @param {Source} source
 * @param {(first: string[]) => Choice} choose told the first line's fields
 * @returns {Promise<Table>}
 */
export async function readCsv({ name, chunks }, choose) {
  /** @type {Choice | undefined} */
  let choice;
  /** @type {string[]} */
  let names = [];
  let width = 0; // fields of each line
  let line = 1;
  let rows = 0;
  let x = new Float32Array(1 << 12);
  /** @type {string[]} */
  const labels = [];
  /** Each label once: the strings that the parser gives may hold on to their whole chunk. @type {Map<string, string>} */
  const known = new Map();

  /** @param {string} text */
  const fail = (text) => new Failure(`${name}: line ${line}${text}`);

  /** @param {string[]} fields */
  function add(fields) {
    if (fields.length === 1 && fields[0].trim() === '') return; // an empty line
    if (!choice) {
      choice = choose(fields.map((field) => field.trim()));
      width = fields.length;
      if (choice.header) {
        names = fields.map((field) => field.trim());
        return;
      }
    }
    if (fields.length !== width) throw fail(`: expected ${width} columns as in the first line, got ${fields.length}`);
    const { features, label } = choice;
    const end = (rows + 1) * features.length;
    if (end > x.length) {
      const larger = new Float32Array(Math.max(2 * x.length, end));
      larger.set(x);
      x = larger;
    }
    for (let i = 0, to = rows * features.length; i < features.length; i++, to++) {
      const field = fields[features[i]];
      x[to] = Number(field);
      if (!Number.isFinite(x[to]) || (x[to] === 0 && field.trim() === '')) {
        const column = `${features[i] + 1}${names.length > 0 ? ` (${names[features[i]]})` : ''}`;
        throw fail(`, column ${column}: expected a number, got ${field.trim() === '' ? 'nothing' : quote(field)}`);
      }
    }
    if (label !== undefined) {
      const text = fields[label].trim();
      if (text === '') throw fail(`, column ${label + 1}: expected a label, got nothing`);
      if (!known.has(text)) known.set(text, Buffer.from(text).toString());
      labels.push(/** @type {string} */ (known.get(text)));
    }
    rows++;
  }

  const text = Readable.from(decode(name, chunks));
  try {
    await new Promise((resolve, reject) => {
      Papa.parse(text, {
        step: ({ data, errors }) => {
          const quotes = errors.find(({ type }) => type === 'Quotes');
          if (quotes) throw fail(`: ${quotes.message}`);
          const fields = /** @type {string[]} */ (data);
          add(fields);
          line++;
          // A quoted field may have line ends in it; where a number is expected, it has not.
          if (rows === 0) for (const field of fields) line += field.split('\n').length - 1;
          else if (choice?.label !== undefined) line += (fields[choice.label] ?? '').split('\n').length - 1;
        },
        complete: resolve,
        error: reject,
      });
    });
  } finally {
    text.destroy();
  }
  if (!choice || rows === 0) throw new Failure(`${name}: there are no rows in it`);
  const { features, label, header } = choice;
  return {
    rows,
    columns: features.length,
    x: x.subarray(0, rows * features.length),
    labels: label === undefined ? undefined : labels,
    names: header ? features.map((column) => names[column]) : undefined,
    label: label === undefined ? undefined : { column: label, name: header ? names[label] : undefined },
    bytes: false,
  };
}

/**
 * @param {string} name
 * @param {AsyncIterable<Buffer>} chunks
 */
async function* decode(name, chunks) {
  const decoder = new TextDecoder('utf-8', { fatal: true }); // it takes off a byte-order mark
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure(`${name}: expected a CSV file in UTF-8, or an IDX file; got other bytes`);
  }
}
