// Tables in Markdown, aligned so that they read well in a terminal too.

/** @param {(string | undefined)[][]} rows the first is the head; the first column is text, the others are numbers */
export function table([head, ...rows]) {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell ?? ''));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (/** @type {string[]} */ row) => `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => '-'.repeat(width + 1) + (i ? ':' : '-')).join('|')}|`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

const digits = (/** @type {number} */ value) => (value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0));

/** @param {number} milliseconds @returns {string} three digits and a unit */
export function duration(milliseconds) {
  const [unit, scale] = /** @type {[string, number]} */ (
    [['ns', 1e6], ['µs', 1e3], ['ms', 1]].find(([, scale]) => milliseconds * Number(scale) < 999.5) ?? ['s', 1e-3]
  );
  return `${digits(milliseconds * scale)} ${unit}`;
}

/** How many times as much. */
export const times = (/** @type {number} */ ratio) => `${ratio < 9.95 ? ratio.toFixed(ratio < 0.995 ? 2 : 1) : ratio.toFixed(0)}×`;
export const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(0)} %`;
export const kilobytes = (/** @type {number} */ bytes) => `${digits(bytes / 1000)} kB`;
