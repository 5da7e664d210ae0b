// Tables in Markdown, aligned so that they read well in a terminal too.

/** @param {(string | undefined)[][]} rows the first is the head; the first column is text, the others are numbers */
export function table([head, ...rows]) {
  const lines = [head, ...rows].map((row) => head.map((_, i) => row[i] ?? ''));
  const widths = head.map((_, i) => Math.max(3, ...lines.map((cells) => cells[i].length)));
  const padded = (/** @type {string} */ cell, /** @type {number} */ i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]));
  const [first, ...others] = lines.map((cells) => `| ${cells.map(padded).join(' | ')} |`);
  const rule = `|${widths.map((width, i) => '-'.repeat(width + 1) + (i ? ':' : '-')).join('|')}|`;
  return [first, rule, ...others].join('\n');
}

const digits = (/** @type {number} */ value) => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

/** @param {number} milliseconds @returns {string} three digits and a unit */
export function duration(milliseconds) {
  const [unit, scale] = /** @type {[string, number]} */ (
    [['ns', 1e6], ['µs', 1e3], ['ms', 1]].find(([, scale]) => milliseconds * Number(scale) < 999.5) ?? ['s', 1e-3]
  );
  return `${digits(milliseconds * scale)} ${unit}`;
}

/** How many times as much. */
export const times = (/** @type {number} */ ratio) => `${ratio.toFixed(ratio < 0.995 ? 2 : ratio < 9.95 ? 1 : 0)}×`;
/** The same with three digits, for what is held against a limit. */
export const exactTimes = (/** @type {number} */ ratio) => `${digits(ratio)}×`;
export const percent = (/** @type {number} */ share, places = 0) => `${(100 * share).toFixed(places)} %`;
export const kilobytes = (/** @type {number} */ bytes) => `${digits(bytes / 1000)} kB`;
