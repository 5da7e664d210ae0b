// Which columns of a CSV file are features, and which one is the label.

import { quote } from '../js/quote.js';
import { DELIMITER_HINT, isNumber } from './csv.js';
import { Failure } from './failure.js';
import { list } from './text.js';

/** @typedef {import('./csv.js').Choice} Choice */
/** @typedef {import('./csv.js').Hints} Hints */

/** The column of the labels, counted from 0. @typedef {{ column: number, name?: string }} Label */

/**
 * What a saved network knows of the table that it was trained on.
 * @typedef {object} Schema
 * @property {number} columns
 * @property {string[]} [names] of the features
 * @property {Label} [label]
 */

/**
 * For training.
 * @param {string[]} first
 * @param {string} name
 * @param {Hints & { label?: string }} hints label: the label column's name, or its number counted from 1; the last if left out
 * @returns {Choice}
 */
export function chooseColumns(first, name, { header: told = false, label: wanted = String(first.length) }) {
  if (first.length < 2) throw new Failure(`${name}: line 1: expected features and a label, got one column${DELIMITER_HINT}`);
  const except = (/** @type {number} */ label) => first.map((_, column) => column).filter((column) => column !== label);
  const isNamed = (/** @type {number} */ label) => told || isHeader(first, except(label));
  const place = /^[1-9]\d*$/.test(wanted) ? Number(wanted) - 1 : -1;
  const called = first.indexOf(wanted);
  const label = called >= 0 && isNamed(called) ? called : place; // a number is a name only in a header
  if (called >= 0 && label < 0) {
    const reason = `${quote(wanted)} stands among numbers, so that the line is taken for data`;
    throw new Failure(`${name}: line 1: ${reason}; --header says that it names the columns`);
  }
  if (label < 0 || label >= first.length) {
    throw new Failure(`${name}: line 1: there is no label column ${quote(wanted)}; the columns are ${list(first)}`);
  }
  const features = except(label);
  const header = isNamed(label);
  const twice = header ? first.find((field, column) => first.indexOf(field) !== column) : undefined;
  if (twice !== undefined) throw new Failure(`${name}: line 1: two columns are called ${quote(twice)}`);
  return { header, features, label };
}

/**
 * For a trained network: by their names where both files have them, else by their places.
 * @param {string[]} first
 * @param {string} name
 * @param {Hints} hints
 * @param {Schema} [schema] undefined if the network doesn't tell: all columns are features then
 * @returns {Choice}
 */
export function findColumns(first, name, { header: told = false }, schema) {
  const all = first.map((_, column) => column);
  if (!schema) return { header: told || isHeader(first, all), features: all };
  const { columns, names, label } = schema;
  if (names && (told || isHeader(first, all) || names.every((feature) => first.includes(feature)))) {
    const missing = names.find((feature) => !first.includes(feature));
    if (missing !== undefined) {
      const wanted = quote(missing);
      throw new Failure(`${name}: line 1: the network needs a column ${wanted}, but the columns are ${list(first)}`);
    }
    const labels = label?.name === undefined ? -1 : first.indexOf(label.name);
    return { header: true, features: names.map((feature) => first.indexOf(feature)), label: labels < 0 ? undefined : labels };
  }
  const labelled = label !== undefined && first.length === columns + 1;
  if (!labelled && first.length !== columns) {
    const other = label ? `, or ${columns + 1} with the label` : '';
    throw new Failure(`${name}: line 1: expected ${columns} columns${other}, got ${first.length}`);
  }
  const features = labelled ? all.filter((column) => column !== label.column) : all;
  return { header: told || isHeader(first, features), features, label: labelled ? label.column : undefined };
}

/**
 * A first line without a number is a header; one with some numbers counts as data, so that what is wrong with it is told. Where it
 * is the header of numbers, `--header` says so.
 * @param {string[]} first
 * @param {number[]} features
 */
const isHeader = (first, features) => features.every((column) => !isNumber(first[column]));
