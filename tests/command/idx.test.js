// IDX files, the format of MNIST: good ones, and such as somebody has cut, stretched or made up.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder, run, succeed, train } from './harness.js';

/** @param {number} type @param {number[]} shape @param {Buffer} numbers */
function idx(type, shape, numbers) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((axis, i) => header.writeUInt32BE(axis, 4 + 4 * i));
  return Buffer.concat([header, numbers]);
}

/** Images of 4 × 4, white in one of four corners; the label tells which. */
const N = 80;
const corners = [0, 3, 12, 15];
const images = Buffer.from(Array.from({ length: N * 16 }, (_, i) => (i % 16 === corners[Math.floor(i / 16) % 4] ? 255 : i % 7)));
const labels = Buffer.from(Array.from({ length: N }, (_, i) => 3 + (i % 4)));

/** @param {string} name @param {Buffer} content */
const write = (name, content) => writeFileSync(join(folder, name), content);

before(() => {
  write('images', idx(0x08, [N, 4, 4], images));
  write('labels', idx(0x08, [N], labels));
  write('images.gz', gzipSync(idx(0x08, [N, 4, 4], images)));
  write('labels.gz', gzipSync(idx(0x08, [N], labels)));
});

test('images and labels, gzipped or not: it learns them, and predict gives them back', async () => {
  const { test: held, training } = await train('images', 'labels', '--out', 'net');
  assert.deepEqual([training.samples, held.samples, training.accuracy, held.accuracy], [64, 16, 1, 1]);
  assert.deepEqual(await train('images.gz', 'labels.gz', '--out', 'net'), { out: 'net', iterations: 100, training, test: held });
  const { stdout, stderr } = await succeed(['predict', 'net', 'images.gz', 'labels']);
  assert.deepEqual(stdout.split('\n').slice(1, 6).map((line) => line.split(',')[0]), ['3', '4', '5', '6', '3']);
  assert.equal(stderr, '80 of 80 right (1.0000)\n');
  assert.equal((await succeed(['predict', 'net', 'images'])).stdout, stdout);
});

test('every type of numbers gives the same network', async () => {
  const types = {
    0x09: { size: 1, write: (b, v, at) => b.writeInt8(v, at) },
    0x0b: { size: 2, write: (b, v, at) => b.writeInt16BE(v, at) },
    0x0c: { size: 4, write: (b, v, at) => b.writeInt32BE(v, at) },
    0x0d: { size: 4, write: (b, v, at) => b.writeFloatBE(v, at) },
    0x0e: { size: 8, write: (b, v, at) => b.writeDoubleBE(v, at) },
  };
  const values = [...images].map((value) => (value === 255 ? 127 : -value)); // also negative ones
  const results = [];
  for (const [type, { size, write: put }] of Object.entries(types)) {
    const numbers = Buffer.alloc(values.length * size);
    values.forEach((value, i) => put(numbers, value, i * size));
    write('typed', idx(Number(type), [N, 16], numbers));
    results.push(await train('typed', 'labels', '--epochs', '2', '--out', 'net'));
  }
  for (const result of results) assert.deepEqual(result, results[0]);
});

const good = idx(0x08, [N, 4, 4], images);
const claims = (/** @type {number[]} */ ...shape) => idx(0x08, shape, Buffer.alloc(16));
const nan = Buffer.alloc(N * 4);
nan.writeFloatBE(NaN, 4 * 5);
const wrong = {
  'cut within the numbers': [good.subarray(0, -1), /^expected 1296 bytes by its header, got 1295$/],
  'cut within the header': [good.subarray(0, 10), /^the file ends within its header$/],
  'longer than it says': [Buffer.concat([good, Buffer.alloc(1)]), /^expected 1296 bytes by its header, got more$/],
  'no images': [claims(0, 4, 4), /^there are no items in it \(0 × 4 × 4\)$/],
  'images of no size': [claims(80, 0, 4), /^there are no items in it \(80 × 0 × 4\)$/],
  'more than memory holds': [claims(2 ** 32 - 1, 2), /^4294967295 × 2 numbers are more than fit into memory$/],
  'a product that is 0 in 64 bits': [claims(2 ** 16, 2 ** 16, 2 ** 16, 2 ** 16), /numbers are more than fit into memory$/],
  'a product that no number holds': [claims(...Array(40).fill(2 ** 32 - 1), 0), /more than fit into memory$|no items/],
  'much, without the bytes for it': [claims(2 ** 20, 2 ** 9), /^expected 536870924 bytes by its header, got 28$/],
  'a high rank': [Buffer.from([0, 0, 8, 255, 1]), /^the file ends within its header$/],
  'labels for images': [idx(0x08, [N], labels), /^expected one vector or image for each sample, got one number$/],
  'NaN': [idx(0x0d, [N, 1], nan), /^item 6: expected finite numbers, got NaN$/],
};
for (const [name, [content, message]] of Object.entries(wrong)) {
  test(`it says what is wrong: ${name}`, async () => {
    write('wrong', /** @type {Buffer} */ (content));
    const { code, stdout, stderr } = await run(['train', 'wrong', 'labels', '--quiet', '--out', 'unwritten']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^layerlens: wrong: [^\n]*\n$/);
    assert.match(stderr.slice('layerlens: wrong: '.length, -1), /** @type {RegExp} */ (message));
    write('wrong.gz', gzipSync(/** @type {Buffer} */ (content)));
    const packed = await run(['train', 'wrong.gz', 'labels', '--quiet', '--out', 'unwritten']);
    assert.equal(packed.stderr, stderr.replace('wrong', 'wrong.gz'));
  });
}

test('labels that do not fit', async () => {
  const told = async (/** @type {string[]} */ ...args) => (await run(['train', ...args, '--quiet'])).stderr;
  write('few', idx(0x08, [N - 1], labels.subarray(1)));
  write('text', Buffer.from('1,2\n'));
  assert.equal(await told('images'), 'layerlens: images: an IDX file needs its labels: layerlens train images <labels>\n');
  assert.equal(await told('images', 'few'), 'layerlens: few: expected 80 labels, one for each sample, got 79\n');
  assert.equal(await told('images', 'images'), 'layerlens: images: expected 80 labels, one for each sample, got 80 × 4 × 4\n');
  assert.equal(await told('images', 'text'), 'layerlens: text: expected an IDX file with labels, got something else\n');
  assert.equal(await told('text', 'labels'), 'layerlens: text: a file of labels goes with an IDX file, and this is none\n');
});
