// Text in columns, for people to read.

/**
 * @param {(string | number)[][]} rows numbers with commas between thousands, at the right; text at the left
 * @param {number} [left] how many columns have their text at the left; the others have numbers that are text already
 * @returns {string}
 */
export function table(rows, left = Infinity) {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = texts[0].map((_, j) => Math.max(...texts.map((row) => row[j].length)));
  const lines = texts.map((row, i) =>
    row.map((text, j) => (typeof rows[i][j] === 'number' || j >= left ? text.padStart(widths[j]) : text.padEnd(widths[j]))).join('  '),
  );
  return lines.map((line) => line.trimEnd()).join('\n');
}
