// The page's side of the training: a Worker, which is there from the first question on.

import { wrap } from 'comlink';

/** @typedef {import('./trainer.js').Trainer} Trainer */

/**
 * @param {string} variant of the kernels
 * @param {(reason: string) => void} failed is told why there is no answer
 */
export function createTraining(variant, failed) {
  /** @type {import('comlink').Remote<Trainer> | undefined} */
  let trainer;
  /** @type {Promise<never>} */
  let broken;

  const start = () => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: variant });
    broken = new Promise((_, reject) => {
      worker.onerror = ({ message }) => reject(new Error(message || 'Worker'));
    });
    return wrap(worker);
  };

  /** @template T @param {(trainer: import('comlink').Remote<Trainer>) => Promise<T>} question @returns {Promise<T | undefined>} */
  const ask = async (question) => {
    try {
      trainer ??= /** @type {import('comlink').Remote<Trainer>} */ (start());
      return await Promise.race([question(trainer), broken]);
    } catch (error) {
      trainer = undefined; // the next question tries again
      failed(/** @type {Error} */ (error).message);
    }
  };

  return {
    /** @type {(...question: Parameters<Trainer['at']>) => Promise<import('./trainer.js').Learned | undefined>} */
    at: (...question) => ask((trainer) => trainer.at(...question)),
    /** @type {(...question: Parameters<Trainer['update']>) => Promise<import('../scenes.js').Inputs | undefined>} */
    update: (...question) => ask((trainer) => trainer.update(...question)),
  };
}
