// Reads a CSV file as it streams in: numbers into one Float32Array, labels beside them.

import { Readable } from 'node:stream';
import Papa from 'papaparse';

import { quote } from '../js/quote.js';
import { Failure } from './failure.js';

/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('./table.js').Table} Table */

/**
 * What a user says of a CSV file; what is left out is found out.
 * @typedef {object} Hints
 * @property {boolean} [header] true: the first line names the columns, even if it is one of numbers
 * @property {string} [delimiter] what separates columns
 */

/** What usually separates columns. */
const delimiters = [',', ';', '\t', '|'];

/** What an error adds where the delimiter may be the reason. */
export const DELIMITER_HINT = '; --delimiter names what separates columns';

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
 * The delimiter by which the most fields of the first lines are numbers; labels may hold the others.
 * @param {Buffer} start of a file
 */
function guessDelimiter(start) {
  const text = new TextDecoder().decode(start);
  const numbers = delimiters.map((delimiter) => {
    const { data } = Papa.parse(text, { delimiter, preview: 20 });
    return /** @type {string[][]} */ (data).flat().filter(isNumber).length;
  });
  return delimiters[numbers.indexOf(Math.max(...numbers))];
}

/**
 * @param {Source} source
 * @param {(first: string[]) => Choice} choose told the first line's fields
 * @param {string} [delimiter] found out if left out
 * @returns {Promise<Table>}
 */
export async function readCsv({ name, start, chunks }, choose, delimiter = guessDelimiter(start)) {
  /** @type {Choice | undefined} */
  let choice;
  /** The columns that may hold text, and line ends in it. @type {number[]} */
  let others = [];
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

  /** @param {string} text @param {string[]} [fields] that show another delimiter, perhaps */
  const fail = (text, fields = []) => {
    const doubtful = fields.some((field) => delimiters.some((one) => one !== delimiter && field.trim().includes(one)));
    return new Failure(`${name}: line ${line}${text}${doubtful ? DELIMITER_HINT : ''}`);
  };

  /** @param {string[]} fields */
  function add(fields) {
    if (fields.length === 1 && fields[0].trim() === '') return; // an empty line
    if (!choice) {
      choice = choose(fields.map((field) => field.trim()));
      width = fields.length;
      others = fields.map((_, column) => column).filter((column) => !choice?.features.includes(column));
      if (choice.header) {
        names = fields.map((field) => field.trim());
        return;
      }
    }
    if (fields.length !== width) throw fail(`: expected ${width} columns as in the first line, got ${fields.length}`, fields);
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
        throw fail(`, column ${column}: expected a number, got ${field.trim() === '' ? 'nothing' : quote(field)}`, [field]);
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
        delimiter,
        step: ({ data, errors }) => {
          const quotes = errors.find(({ type }) => type === 'Quotes');
          if (quotes) throw fail(`: ${quotes.message}`);
          const fields = /** @type {string[]} */ (data);
          add(fields);
          line++;
          // A quoted field may have line ends in it; where a number was expected and found, it has not.
          const texts = rows === 0 ? fields : others.map((column) => fields[column] ?? '');
          for (const field of texts) line += field.split('\n').length - 1;
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
    format: `CSV${delimiter === ',' ? '' : ` with ${quote(delimiter)}`}, ${header ? 'line 1 is the header' : 'no header'}`,
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
