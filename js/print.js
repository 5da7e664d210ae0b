// Prints float32 numbers as NumPy does: aligned columns, as many digits as each needs, `...` inside what is long.

/** @typedef {import('./check.js').Shape} Shape */

/** NumPy's print options: digits after the point, the size above which the middle is left out, characters in a line. */
const PRECISION = 8;
const THRESHOLD = 1000;
const WIDTH = 75;

/**
 * `value.toExponential(digits)`, but where two decimals are equally near, the even one.
 * @param {number} value not negative
 * @param {number} digits after the first
 */
function rounded(value, digits) {
  const exact = value.toExponential(digits + 40);
  const last = digits && digits + 1; // where the last digit is; the point is at 1
  const halfway = /^50*e/.test(exact.slice(digits + 2));
  // toExponential itself goes up from half way.
  if (!halfway || Number(exact[last]) % 2) return value.toExponential(digits);
  return exact.slice(0, last + 1) + exact.slice(exact.indexOf('e'));
}

/**
 * How many digits after the first make a decimal that reads back to the same float32: at most PRECISION.
 * @param {number} value not negative
 */
function needed(value) {
  let digits = 0;
  while (digits < PRECISION && Math.fround(Number(value.toExponential(digits))) !== value) digits++;
  return digits;
}

/** @param {string} text how many digits follow the point */
const places = (text) => (text.split('.')[1] ?? '').length;

/**
 * A number with its point, in NumPy's two notations.
 * @param {number} value finite
 * @param {boolean} exponential
 * @param {number} most digits after the point, where exponential
 */
function digits(value, exponential, most) {
  const size = Math.abs(value);
  let text;
  if (exponential) {
    const [mantissa, exponent] = rounded(size, most).split('e');
    text = `${mantissa}${most ? '' : '.'}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  } else {
    const exponent = Number(size.toExponential().split('e')[1]);
    const after = Math.min(PRECISION, Math.max(0, needed(size) - exponent)); // whole numbers have all their digits
    text = Number(rounded(size, after + exponent)).toFixed(after);
    text = after ? text.replace(/0+$/, '') : `${text}.`;
  }
  return (value < 0 || Object.is(value, -0) ? '-' : '') + text;
}

/**
 * One format for all the numbers that are shown.
 * @param {number[]} values
 * @returns {string[]} of the same length each
 */
function format(values) {
  const finite = values.filter(Number.isFinite);
  const sizes = finite.map(Math.abs).filter(Boolean);
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  const exponential = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000;
  const most = exponential ? Math.max(...finite.map((value) => needed(Math.abs(value)))) : 0;

  const texts = values.map((value) =>
    Number.isFinite(value) ? digits(value, exponential, most) : Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf',
  );
  const after = Math.max(...texts.map(places));
  const padded = texts.map((text) => (exponential || !text.includes('.') ? text : text + ' '.repeat(after - places(text))));
  const width = Math.max(...padded.map((text) => text.length));
  return padded.map((text) => text.padStart(width));
}

/**
 * The indices of an axis that are shown; -1 stands for those left out.
 * @param {number} length
 * @param {boolean} shorten
 */
const shown = (length, shorten) =>
  shorten && length > 6 ? [0, 1, 2, -1, length - 3, length - 2, length - 1] : Array.from({ length }, (_, i) => i);

/**
 * @param {Float32Array} data
 * @param {Shape} shape
 * @returns {string}
 */
export function print(data, shape) {
  if (data.length === 0) return '[]';
  const rank = shape.length;
  const columns = shape[rank - 1];
  const shorten = data.length > THRESHOLD;
  const rowIndices = shown(data.length / columns, shorten);
  const columnIndices = shown(columns, shorten);
  const texts = format(rowIndices.flatMap((i) => columnIndices.flatMap((j) => (i < 0 || j < 0 ? [] : data[i * columns + j]))));

  const lines = rowIndices.map((i) => {
    if (i < 0) return '...';
    let text = '';
    let start = 0; // of the line that is being filled
    for (const j of columnIndices) {
      const word = j < 0 ? '...' : /** @type {string} */ (texts.shift());
      if (text && rank + text.length - start + 1 + word.length > WIDTH - rank) {
        text = `${text.trimEnd()}\n${' '.repeat(rank)}`;
        start = text.length;
        text += word;
      } else {
        text += (text && ' ') + word;
      }
    }
    return `[${text}]`;
  });
  return rank === 1 ? lines[0] : `[${lines.join('\n ')}]`;
}
