// CSV files as they come: whatever the clothes, the same numbers give the same network; what is wrong is told with its place.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { generator, seed } from '../random.js';
import { folder, run, succeed, train } from './harness.js';

const random = generator();
/** Two features, and the class that their sum decides. */
const samples = Array.from({ length: 40 }, () => {
  const [a, b] = [random() - 0.5, random() - 0.5];
  return [a.toFixed(4), b.toFixed(4), a + b > 0 ? 'above' : 'below'];
});
const plain = samples.map((row) => row.join(','));
const header = 'width,height,kind';

/** @param {string} name @param {string | Buffer} content */
const write = (name, content) => writeFileSync(join(folder, name), content);

/** Trains on a file: the network's bytes without the notes. @param {string[]} args */
async function network(...args) {
  await train(...args, '--epochs', '3', '--out', 'net');
  const bytes = readFileSync(join(folder, 'net'));
  const length = Number(bytes.readBigUInt64LE());
  const { __metadata__: notes } = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  return { weights: bytes.subarray(8 + length), data: JSON.parse(notes['training.data']) };
}

/** @type {Awaited<ReturnType<typeof network>>} */
let expected;
before(async () => {
  write('plain.csv', `${plain.join('\n')}\n`);
  expected = await network('plain.csv');
});

const quoted = samples.map((row) => row.map((field) => `"${field}"`).join(','));
const clothes = {
  'without a last line end': plain.join('\n'),
  'with a header': [header, ...plain].join('\n'),
  'CRLF': [header, ...plain].join('\r\n'),
  'CR': plain.join('\r'),
  'a byte-order mark': `\ufeff${plain.join('\n')}`,
  'a byte-order mark before a quoted header': `\ufeff"width","height","kind"\n${plain.join('\n')}`,
  'empty lines': `\n${header}\n\n${plain.join('\n\n')}\n\n\n`,
  'quoted fields': quoted.join('\n'),
  'a line end within a quoted header': `"width\nin mm",height,"ki""nd"\n${plain.join('\n')}`,
  'spaces round the fields': samples.map((row) => row.join(' , ')).join('\n'),
  'semicolons': samples.map((row) => row.join(';')).join('\n'),
  'tabs': samples.map((row) => row.join('\t')).join('\n'),
  'bars': samples.map((row) => row.join('|')).join('\n'),
  'tabs by name': samples.map((row) => row.join('\t')).join('\n'),
  'another delimiter': samples.map((row) => row.join('#')).join('\n'),
  'a header of numbers': ['2019,2020,kind', ...plain].join('\n'),
  'gzip': gzipSync(plain.join('\n')),
};
/** What a file needs to be told, beside its name. @type {Record<string, string[]>} */
const told = { 'a header of numbers': ['--header'], 'another delimiter': ['--delimiter', '#'], 'tabs by name': ['--delimiter', 'tab'] };
for (const [name, content] of Object.entries(clothes)) {
  test(`the same numbers give the same network: ${name}`, async () => {
    write('dressed.csv', content);
    const { weights, data } = await network('dressed.csv', ...(told[name] ?? []));
    assert.deepEqual(weights, expected.weights, `SEED=${seed}`);
    assert.deepEqual(data.classes, ['above', 'below']);
  });
}

test('from standard input, in chunks that cut characters', async () => {
  const text = samples.map(([a, b, kind]) => `${a},${b},${kind === 'above' ? 'größer' : '…'}`).join('\n');
  write('umlauts.csv', text);
  const { data } = await network('umlauts.csv');
  assert.deepEqual(data.classes, ['größer', '…']);
  // Longer than a chunk of a pipe.
  const long = Array.from({ length: 4000 }, () => text).join('\n');
  const { stdout } = await succeed(['train', '-', '--epochs', '1', '--json', '--quiet', '--out', 'net'], long);
  assert.equal(JSON.parse(stdout).training.samples + JSON.parse(stdout).test.samples, 160_000);
});

test('--label: any column, by its name or its number from 1', async () => {
  const first = samples.map(([a, b, kind]) => [kind, a, b].join(','));
  write('first.csv', first.join('\n'));
  assert.deepEqual((await network('first.csv', '--label', '1')).weights, expected.weights);
  write('middle.csv', ['width,kind,height', ...samples.map(([a, b, kind]) => [a, kind, b].join(','))].join('\n'));
  const { weights, data } = await network('middle.csv', '--label', 'kind');
  assert.deepEqual(weights, expected.weights);
  assert.deepEqual([data.names, data.label], [['width', 'height'], { column: 1, name: 'kind' }]);
});

test('the delimiter is what leaves the most numbers, whatever stands in the labels', async () => {
  for (const odd of [';', '|', ';|;|', '\t', ' | ']) {
    write('labels.csv', samples.map(([a, b, kind]) => `${a},${b},"${kind}${odd}${odd}x"`).join('\n'));
    assert.deepEqual((await network('labels.csv')).data.classes, ['above', 'below'].map((kind) => `${kind}${odd}${odd}x`.trim()));
  }
  write('commas.csv', samples.map(([a, b, kind]) => `${a};${b};${kind},${kind},${kind},${kind}`).join('\n'));
  assert.deepEqual((await network('commas.csv')).data.classes, ['above', 'below'].map((kind) => Array(4).fill(kind).join()));
  write('one.csv', samples.map(([a, , kind]) => `${a},${kind};or not`).join('\n'));
  assert.deepEqual((await network('one.csv')).data.classes, ['above;or not', 'below;or not']);
});

test('what was taken for a header, and what separates columns, is told', async () => {
  const told = async (/** @type {string} */ content, /** @type {string[]} */ ...args) => {
    write('told.csv', content);
    const { stderr } = await succeed(['train', 'told.csv', '--epochs', '1', '--out', 'net', ...args]);
    return stderr.match(/^data +told\.csv: (.*)$/m)?.[1];
  };
  const years = ['2019,2020,kind', ...plain].join('\n');
  assert.equal(await told(plain.join('\n')), '40 samples of 2 features (CSV, no header)');
  assert.equal(await told([header, ...plain].join('\n')), '40 samples of 2 features (CSV, line 1 is the header)');
  assert.equal(await told(years, '--header'), '40 samples of 2 features (CSV, line 1 is the header)');
  assert.equal(await told(clothes.semicolons), '40 samples of 2 features (CSV with ";", no header)');
  assert.equal(await told(clothes.tabs), '40 samples of 2 features (CSV with "\\t", no header)');
});

test('a header of numbers: as a label column, resumed, and asked', async () => {
  const years = `2019,2020,kind\n${plain.join('\n')}\n`;
  write('years.csv', years);
  const { weights, data } = await network('years.csv', '--header', '--label', 'kind');
  assert.deepEqual([data.names, data.label], [['2019', '2020'], { column: 2, name: 'kind' }]);
  assert.deepEqual(weights, expected.weights);
  await train('years.csv', '--header', '--epochs', '3', '--out', 'net');
  await train('years.csv', '--resume', 'net', '--epochs', '5');
  const [answers, plainAnswers] = [await succeed(['predict', 'net', 'years.csv']), await succeed(['predict', 'net', 'plain.csv'])];
  assert.equal(answers.stdout, plainAnswers.stdout, 'the header is known by the names in it');
  assert.equal(answers.stdout.split('\n').length, 42);
  write('other years.csv', years.replace('2019,2020', '2021,2022'));
  assert.equal((await run(['predict', 'net', 'other years.csv'])).stdout.split('\n').length, 43);
  const { stderr } = await run(['predict', 'net', 'other years.csv', '--header']);
  assert.match(stderr, /^layerlens: other years\.csv: line 1: the network needs a column "2019", but the columns are 2021, 2022, kind\n$/);

  const refused = await run(['train', 'years.csv', '--label', 'kind']);
  const message = 'line 1: "kind" stands among numbers, so that the line is taken for data; --header says that it names the columns';
  assert.deepEqual([refused.code, refused.stderr], [1, `layerlens: years.csv: ${message}\n`]);
  // A number is a column's name in a header, and its place elsewhere, though it may be one of the values there.
  write('values.csv', samples.map(([a, b, kind], i) => `${i === 0 ? 3 : b},${a},${kind}`).join('\n'));
  assert.deepEqual((await network('values.csv', '--label', '3')).data.label, { column: 2 });
  write('places.csv', [...['3,1,2'], ...samples.map(([a, b, kind]) => `${kind},${a},${b}`)].join('\n'));
  assert.deepEqual((await network('places.csv', '--header', '--label', '3')).data.label, { column: 0, name: '3' });
});

test('predict: --delimiter', async () => {
  await train('plain.csv', '--epochs', '3', '--out', 'net');
  const { stdout } = await succeed(['predict', 'net', 'plain.csv']);
  write('dressed.csv', clothes['another delimiter']);
  assert.equal((await succeed(['predict', 'net', 'dressed.csv', '--delimiter', '#'])).stdout, stdout);
});

test('lines are counted through fields that hold line ends, used or not', async () => {
  write('lines.csv', '1,2,"a\nb"\n2,3,c\n3,4,"a\nb"\n4,5,c\n5,six,c\n');
  const { stderr } = await run(['train', 'lines.csv']);
  assert.equal(stderr, 'layerlens: lines.csv: line 7, column 2: expected a number, got "six"\n');
  write('net.csv', [header, ...plain].join('\n'));
  await train('net.csv', '--epochs', '1', '--out', 'net');
  write('lines.csv', 'note,height,width,kind\n"a\nb\nc",1,2,"d\ne"\n"a\nb",1,2,d\n"c",1,two,d\n');
  const asked = await run(['predict', 'net', 'lines.csv']);
  assert.equal(asked.stderr, 'layerlens: lines.csv: line 8, column 3 (width): expected a number, got "two"\n');
});

test('classes that are numbers are in numerical order', async () => {
  write('numbers.csv', samples.map(([a, b, kind], i) => `${a},${b},${kind === 'above' ? [10, 9][i % 2] : 100}`).join('\n'));
  assert.deepEqual((await network('numbers.csv')).data.classes, ['9', '10', '100']);
});

test('a column that is the same everywhere does no harm', async () => {
  write('constant.csv', samples.map(([a, b, kind]) => `${a},7,${b},${kind}`).join('\n'));
  const { test: held } = await train('constant.csv', '--out', 'net');
  assert.ok(held.accuracy > 0.7, `SEED=${seed}: ${held.accuracy}`);
  // Means and deviations as floats have them would be off by a little, and a tiny deviation makes another value huge.
  for (const value of [0.1, 7, 1e6 / 3]) {
    write('constant.csv', samples.map(([a, b, kind]) => `${a},${value},${b},${kind}`).join('\n'));
    const { scale } = (await network('constant.csv', '--test', '0')).data; // 40 rows: a power of two would divide exactly
    assert.deepEqual([scale.shift[1], scale.scale[1]], [Math.fround(value), 1]);
  }
});

test('a table of many rows holds the numbers of all of them', async () => {
  const many = Array.from({ length: 5000 }, () => [random(), random(), random()].map(Math.fround));
  write('many.csv', many.map((row) => `${row.join(',')},${row[0] > row[1]}`).join('\n'));
  const { scale } = (await network('many.csv', '--test', '0')).data;
  for (const column of [0, 1, 2]) {
    const mean = many.reduce((sum, row) => sum + row[column] / many.length, 0);
    assert.ok(Math.abs(scale.shift[column] - mean) < 1e-9, `SEED=${seed}: ${scale.shift[column]}, not ${mean}`);
  }
});

test('the scale is learned from the training samples only: each column gets mean 0 and deviation 1', async () => {
  const { scale } = (await network('plain.csv', '--test', '0')).data;
  for (const column of [0, 1]) {
    const values = samples.map((row) => Math.fround(Number(row[column])));
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
    assert.ok(Math.abs(scale.shift[column] - mean) < 1e-12, `SEED=${seed}: ${scale.shift[column]}, not ${mean}`);
    assert.ok(Math.abs(scale.scale[column] - std) < 1e-12, `SEED=${seed}: ${scale.scale[column]}, not ${std}`);
  }
  assert.notDeepEqual(expected.data.scale, scale);
});

const rows = (/** @type {number} */ n) => `${plain.slice(0, n).join('\n')}\n`;
const wrong = {
  'an empty file': ['', /^there are no rows in it$/],
  'a header alone': [`${header}\n`, /^there are no rows in it$/],
  'a missing number': [`${rows(2)}1,,above\n`, /^line 3, column 2: expected a number, got nothing$/],
  'a missing number, with a header and CRLF': [
    `${header}\r\n1,2,below\r\n \t,2,above\r\n`,
    /^line 3, column 1 \(width\): expected a number, got nothing$/,
  ],
  'a missing label': [`${rows(2)}1,2,\n`, /^line 3, column 3: expected a label, got nothing$/],
  'a word for a number': [`${rows(2)}\n\n1,two,above\n`, /^line 5, column 2: expected a number, got "two"$/],
  'a long text for a number': [`${rows(2)}${'x'.repeat(70)},2,above\n`, /^line 3, column 1: expected a number, got "x{60}…"$/],
  'NaN': [`${rows(2)}NaN,2,above\n`, /^line 3, column 1: expected a number, got "NaN"$/],
  'infinity': [`${rows(2)}1,-Infinity,above\n`, /^line 3, column 2: expected a number, got "-Infinity"$/],
  'more than float32 holds': [`${rows(2)}1,1e39,above\n`, /^line 3, column 2: expected a number, got "1e39"$/],
  'a missing number in the first line': [`?,2,above\n${rows(2)}`, /^line 1, column 1: expected a number, got "\?"$/],
  'a short line': [`${rows(3)}1,above\n`, /^line 4: expected 3 columns as in the first line, got 2$/],
  'a long line after a header of two lines': [
    '"a\nb",c,d\n1,2,x\n1,2,3,x\n',
    /^line 4: expected 3 columns as in the first line, got 4$/,
  ],
  'a quote that is never closed': [`${rows(2)}1,"2,above\n${rows(3)}`, /^line 3: Quoted field unterminated$/],
  'one column': ['1\n2\n3\n', /^line 1: expected features and a label, got one column; --delimiter names what separates columns$/],
  'a delimiter that few expect': [`1#2#above\n${rows(2)}`, /^line 1: expected features .*; --delimiter names what separates columns$/],
  'a number between other delimiters': [`${rows(3)}1;2,3,x\n`, /^line 4, column 1: expected a number, got "1;2"; --delimiter names what /],
  'a line with other delimiters': [`${rows(3)}1;2;x\n`, /^line 4: expected 3 columns .*, got 1; --delimiter names what separates columns$/],
  'two columns of the same name': [`a,a,b\n${rows(3)}`, /^line 1: two columns are called "a"$/],
  'one class': ['1,2,a\n2,3,a\n3,4,a\n', /^expected two classes or more, but all labels are "a"$/],
  'a label column of numbers, none twice': [
    '1,2,0.1\n2,3,0.2\n3,4,0.3\n',
    /^3 different labels in 3 rows are no classes; --label chooses another column$/,
  ],
  'other bytes': [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]),
    /^expected a CSV file in UTF-8, or an IDX file; got other bytes$/,
  ],
  'damaged gzip': [gzipSync(rows(40)).fill(0, 40, 60), /^the gzip data are damaged: /],
  'half of a gzip file': [gzipSync(rows(40)).subarray(0, 100), /^the gzip data are damaged: unexpected end of file$/],
};
for (const [name, [content, message]] of Object.entries(wrong)) {
  test(`it says what is wrong, and where: ${name}`, async () => {
    write('wrong.csv', /** @type {string | Buffer} */ (content));
    const { code, stdout, stderr } = await run(['train', 'wrong.csv', '--quiet', '--out', 'unwritten']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^layerlens: wrong\.csv: [^\n]*\n$/);
    assert.match(stderr.slice('layerlens: wrong.csv: '.length, -1), /** @type {RegExp} */ (message));
  });
}

test('a label column that is not there', async () => {
  for (const label of ['depth', '0', '4', '-1']) {
    const { code, stderr } = await run(['train', 'middle.csv', '--label', label]);
    const message = `line 1: there is no label column "${label}"; the columns are width, kind, height`;
    assert.deepEqual([code, stderr], [1, `layerlens: middle.csv: ${message}\n`]);
  }
});
