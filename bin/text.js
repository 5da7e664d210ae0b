// Text for a terminal.

/** Without what would move a terminal's cursor or colour its text: names in a file are anybody's. @param {string} text */
export const printable = (text) => text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ');

/** A piece of a file in a message, the start of it if it is long. @param {string} text */
export const quote = (text) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Names in a message, the first of them if they are many. @param {string[]} names */
export const list = (names) => names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');

/**
 * Columns, two spaces apart.
 * @param {string[][]} rows
 * @param {number} [left] how many columns are aligned to the left; the others are numbers
 */
export function align(rows, left = Infinity) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (/** @type {string} */ text, /** @type {number} */ column) =>
    column < left ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}
