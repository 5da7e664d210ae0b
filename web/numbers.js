// Numbers as text and back. Nothing is computed here but what a reader typed.

/**
 * The shortest text that reads back to the same float32.
 * @param {number} value a float32
 */
export function exact(value) {
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * Four significant digits and always the sign, as the page shows a number.
 * @param {number} value
 * @param {string} notANumber what to say of NaN
 */
export function short(value, notANumber) {
  if (Number.isNaN(value)) return notANumber;
  const sign = value < 0 || Object.is(value, -0) ? '−' : '+';
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return `${sign}0`;
  const [mantissa, exponent] = size.toExponential(3).split('e');
  if (Number(exponent) < -4 || Number(exponent) > 3) {
    return `${sign}${String(Number(mantissa))}e${exponent.replace('+', '').replace('-', '−')}`;
  }
  return sign + String(Number(size.toPrecision(4)));
}

/**
 * A number for those who hear it: as the page shows it, and all digits where that leaves some out.
 * @param {number} value
 * @param {string} notANumber
 */
export function inWords(value, notANumber) {
  const shown = short(value, notANumber);
  const all = exact(value);
  return Number.isNaN(value) || Math.fround(Number(shown.replaceAll('−', '-'))) === value ? shown : `${shown} (${all})`;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * What a reader typed as a number: `-2`, `1e-3`, `1/3`.
 * @param {string} text
 * @returns {number | undefined} a finite float32, or nothing where the text is no number that fits one
 */
export function parseNumber(text) {
  const parts = text
    .normalize('NFKC') // full-width digits and signs, as Chinese keyboards give them
    .replace(/。/g, '.')
    .replace(/[−–]/g, '-')
    .split('/')
    .map((part) => part.trim());
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return undefined;
  const [numerator, denominator = 1] = parts.map(Number);
  const value = Math.fround(numerator / denominator);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * A pasted list, as NumPy or Python prints it: `[[1, 2], [3, 4]]`, `[1. 2.]`, or rows of a spreadsheet.
 * @param {string} text
 * @returns {number[][] | undefined} its rows, or nothing where it is no list of numbers
 */
export function parseList(text) {
  const inner = text.replace(/^\s*(np\.)?array\(|(,\s*dtype=[\w.']+\s*)?\)\s*$/g, '').trim();
  const rows = inner
    .replace(/^\[|\]$/g, '')
    .split(/\]\s*,?\s*\[|\n/)
    .map((row) => row.replace(/[[\]]/g, '').trim())
    .filter((row) => row !== '')
    .map((row) => row.split(/[\s,;]+/).filter((word) => word !== '').map(parseNumber));
  if (rows.length === 0 || rows.some((row) => row.length !== rows[0].length || row.includes(undefined))) return undefined;
  return /** @type {number[][]} */ (rows);
}
