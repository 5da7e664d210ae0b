// Which columns of a CSV file are features, and which one is the label.

import { isNumber } from './csv.js';
import { Failure } from './failure.js';
import { list, quote } from './text.js';

/** @typedef {import('./csv.js').Choice} Choice */

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
 * @param {string} [wanted] the label column: its name, or its number counted from 1; the last if left out
 * @returns {Choice}
 */
export function chooseColumns(first, name, wanted) {
  if (first.length < 2) throw new Failure(`${name}: line 1: expected features and a label, got one column`);
  let label = first.length - 1;
  let named = false;
  if (wanted !== undefined) {
    label = first.indexOf(wanted);
    named = label >= 0;
    if (!named && /^[1-9]\d*$/.test(wanted)) label = Number(wanted) - 1;
    if (label < 0 || label >= first.length) {
      throw new Failure(`${name}: line 1: there is no label column ${quote(wanted)}; the columns are ${list(first)}`);
    }
  }
  const features = first.map((_, column) => column).filter((column) => column !== label);
  const header = named || isHeader(first, features);
  const twice = header ? first.find((field, column) => first.indexOf(field) !== column) : undefined;
  if (twice !== undefined) throw new Failure(`${name}: line 1: two columns are called ${quote(twice)}`);
  return { header, features, label };
}

/**
 * For a trained network: by their names where both files have them, else by their places.
 * @param {string[]} first
 * @param {string} name
 * @param {Schema} [schema] undefined if the network doesn't tell: all columns are features then
 * @returns {Choice}
 */
export function findColumns(first, name, schema) {
  const all = first.map((_, column) => column);
  if (!schema) return { header: isHeader(first, all), features: all };
  const { columns, names, label } = schema;
  if (names && isHeader(first, all)) {
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
  return { header: isHeader(first, features), features, label: labelled ? label.column : undefined };
}

/**
 * A first line without a number is a header; one with some numbers counts as data, so that what is wrong with it is told.
 * @param {string[]} first
 * @param {number[]} features
 */
const isHeader = (first, features) => features.every((column) => !isNumber(first[column]));
