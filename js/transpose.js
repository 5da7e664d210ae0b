// The transpose of a matrix, number by number as its bits.

/** @typedef {import('./elements.js').Numbers} Numbers */

/**
 * @template {Numbers} T
 * @param {T} data (rows, columns)
 * @param {number} rows
 * @param {number} columns
 * @returns {T} a copy, (columns, rows)
 */
export function transpose(data, rows, columns) {
  const result = /** @type {any} */ (data).slice();
  // A float32 that passes through a number of JavaScript may lose bits, if it is NaN.
  const bits = (/** @type {any} */ list) =>
    list instanceof Float32Array ? new Uint32Array(list.buffer, list.byteOffset, list.length) : list;
  const [from, to] = [bits(data), bits(result)];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
  return result;
}
