// What can go wrong without being our mistake, and how it is told.

import { getSystemErrorMap } from 'node:util';

import { printable } from './text.js';

/** A file that can't be used, or a run that came to nothing. Its message is a whole sentence for the user. */
export class Failure extends Error {}

/**
 * @param {string} name of the file
 * @param {unknown} error met at reading or writing it
 * @returns {unknown} a Failure that names it, if the system refused
 */
export function naming(name, error) {
  const { errno, code } = /** @type {NodeJS.ErrnoException} */ (error);
  const reason = errno === undefined ? undefined : (getSystemErrorMap().get(errno)?.[1] ?? code);
  return reason ? new Failure(`${name}: ${reason}`, { cause: error }) : error;
}

/**
 * The one line that stands for an error.
 * @param {unknown} error
 */
export const explain = (error) => printable(error instanceof Error ? error.message : String(error));
