// The options of the optimisers and their defaults, which are the book's.

import { checkNumber, checkOptions } from './check.js';
import { ArgumentError } from './errors.js';

/** @type {Record<string, Record<string, number>>} */
const defaults = {
  sgd: { lr: 0.01 },
  momentum: { lr: 0.01, momentum: 0.9 },
  adagrad: { lr: 0.01, eps: 1e-10 },
  adam: { lr: 0.001, beta1: 0.9, beta2: 0.999, eps: 1e-8 },
};

/**
 * @param {string} name of the optimiser
 * @param {unknown} options
 * @returns {Record<string, number>} all of its options
 */
export function checkOptimizer(name, options) {
  const all = checkOptions(name, options, defaults[name]);
  for (const [key, value] of Object.entries(all)) checkOptimizerOption(name, key, value);
  return all;
}

/**
 * @param {string} where
 * @param {string} key
 * @param {unknown} value
 * @returns {number}
 */
export function checkOptimizerOption(where, key, value) {
  const number = checkNumber(where, key, value);
  const share = key === 'momentum' || key.startsWith('beta');
  if (number >= 0 && number < (share ? 1 : Infinity)) return number;
  throw new ArgumentError(`${where}: ${key} must be ${share ? 'from 0 to below 1' : 'finite and not negative'}, got ${number}`);
}
