// Prints float32 numbers as NumPy does: aligned columns, as many digits as each needs, `...` inside what is long.

/** @typedef {import('./check.js').Shape} Shape */

/** NumPy's print options: digits after the point, the size from which the middle is left out, what stays at each end. */
const PRECISION = 8;
const THRESHOLD = 1000;
const EDGE = 3;
const WIDTH = 75;

/**
 * The shortest decimal that reads back to the same float32, of at most PRECISION digits after the first.
 * @param {number} value not negative
 * @returns {string} in exponential form
 */
function shortest(value) {
  let digits = 0;
  while (digits < PRECISION && Math.fround(Number(value.toExponential(digits))) !== value) digits++;
  return value.toExponential(digits);
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
  const [mantissa, exponent] = (exponential ? size.toExponential(most) : shortest(size)).split('e');
  let text;
  if (exponential) {
    text = `${mantissa}${most ? '' : '.'}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  } else {
    const after = Math.min(PRECISION, Math.max(0, places(mantissa) - Number(exponent)));
    text = Number(`${mantissa}e${exponent}`).toFixed(after);
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
  const most = exponential ? Math.max(...finite.map((value) => places(shortest(Math.abs(value)).split('e')[0]))) : 0;

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
function shown(length, shorten) {
  const cut = shorten && length > 2 * EDGE;
  const indices = Array.from({ length: cut ? 2 * EDGE + 1 : length }, (_, i) => i);
  return cut ? indices.map((i) => (i < EDGE ? i : i === EDGE ? -1 : length - 2 * EDGE - 1 + i)) : indices;
}

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
  const cells = rowIndices.flatMap((i) => (i < 0 ? [] : columnIndices.filter((j) => j >= 0).map((j) => data[i * columns + j])));
  const texts = format(cells);

  const lines = rowIndices.map((i) => {
    if (i < 0) return '...';
    let text = '';
    let start = 0; // of the line that is being filled
    for (const j of columnIndices) {
      const word = j < 0 ? '...' : /** @type {string} */ (texts.shift());
      if (text && rank + text.length - start + 1 + word.length > WIDTH) {
        text += `\n${' '.repeat(rank)}`;
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
