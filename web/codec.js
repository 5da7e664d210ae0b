// Numbers as short text for a link, and back: the shortest decimals, two signs to a byte, with a checksum, in base64url.

import { exact } from './numbers.js';

const SIGNS = '0123456789.-e,'; // and a last one that fills up a byte
const FILL = SIGNS.length;
const VERSION = '1.';

/** Tells a damaged link from a whole one: 16 bits. @param {string} text */
const checksum = (text) => Array.from(text).reduce((sum, sign) => (31 * sum + sign.charCodeAt(0)) % 65_521, text.length);

/**
 * @param {number[]} numbers finite float32
 * @returns {string} at most 11 characters for each, usually 2 to 4
 */
export function pack(numbers) {
  const text = numbers.map((value) => exact(value).replace('e+', 'e').replace(/^(-?)0\./, '$1.')).join();
  const sum = checksum(text);
  const bytes = [sum >> 8, sum & 255];
  for (let i = 0; i < text.length; i += 2) {
    bytes.push(16 * SIGNS.indexOf(text[i]) + (i + 1 < text.length ? SIGNS.indexOf(text[i + 1]) : FILL));
  }
  const base64 = btoa(String.fromCharCode(...bytes));
  return VERSION + base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @param {string} packed what `pack` has made, or anything else
 * @returns {number[] | undefined} finite float32; nothing where the text is damaged, or of another version
 */
export function unpack(packed) {
  if (!packed.startsWith(VERSION)) return undefined;
  let bytes;
  try {
    bytes = Array.from(atob(packed.slice(VERSION.length).replaceAll('-', '+').replaceAll('_', '/')), (byte) => byte.charCodeAt(0));
  } catch {
    return undefined; // not base64
  }
  const [high, low, ...pairs] = bytes;
  const text = pairs.map((pair) => (SIGNS[pair >> 4] ?? '?') + (SIGNS[pair & 15] ?? '')).join('');
  if (256 * high + low !== checksum(text)) return undefined;
  const numbers = text.split(',').map((word) => (word === '' ? NaN : Math.fround(Number(word))));
  return numbers.every(Number.isFinite) ? numbers : undefined;
}
