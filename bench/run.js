// Runs the benchmark: node bench/run.js [browser]. ROWS='sigmoid' takes the rows only whose group and name contain that.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename } from 'node:path';
import { columns } from './columns.js';
import { downloads, files } from './downloads.js';
import { measure } from './measure.js';
import { Results } from './results.js';
import { rows } from './rows.js';
import { startProcess, timeFirst } from './runners.js';
import { duration, kilobytes, table, times } from './table.js';
import { targetList } from './targets.js';

const inBrowser = process.argv[2] === 'browser';
const wanted = process.env.ROWS ?? '';
const isWanted = (/** @type {string} */ name) => name.includes(wanted);
const chosen = rows.filter(({ group, name }) => isWanted(`${group} ${name}`));
const FIRST = 'import to first result';
const DOWNLOAD = 'download';

if (chosen.length === 0 && !isWanted(FIRST) && !isWanted(DOWNLOAD)) {
  const groups = [...new Set(rows.map(({ group }) => group)), FIRST, DOWNLOAD];
  console.error(`layerlens: no row has '${wanted}' in its name; try one of: ${groups.join(', ')}`);
  process.exit(2);
}

/** It takes a millisecond to ask a page. */
const limits = inBrowser ? { shortest: 4 } : {};

/** How often the time to the first result is taken. */
const STARTS = 7;

const say = (/** @type {string} */ text) => {
  report.push(text);
  console.log(`${text}\n`);
};
/** What it is at, on a line of its own in a terminal; nothing removes the line. */
const progress = (text = '') => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : text && `${text}\n`);
const versionOf = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** Of the minute before: what else runs makes long runs longer, however often they are repeated. */
const [load] = loadavg();
/** @type {string[]} */
const report = [];
const begin = performance.now();
const results = new Results();
const browser = inBrowser ? await (await import('./pages.js')).startBrowser() : undefined;

/** @type {import('./runners.js').Started[]} */
const runners = [];
const absent = [];
for (const column of chosen.length > 0 ? columns : []) {
  if (inBrowser && column.peer.endsWith('.py')) continue;
  progress(`starting ${column.title}`);
  for (const option of column.options ?? ['']) {
    try {
      runners.push(await (browser ? browser.start(column, option) : startProcess(column, option)));
    } catch (error) {
      absent.push(`${column.title} is left out: ${error instanceof Error ? error.message : error}`);
    }
  }
}
progress();

const numpy = runners.find(({ id }) => id === 'numpy');
say(`# layerlens beside others, ${browser ? 'in Chromium' : 'in Node'}`);
say(
  [
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model}, ${cpus().length} cores, ${process.platform} ${process.arch}, load ${load.toFixed(1)} at the start`,
    `- ${browser ? `Chromium ${browser.version}` : `Node ${process.versions.node}, V8 ${process.versions.v8}`}`,
    `- layerlens ${versionOf('layerlens')}`,
    `- TensorFlow.js ${versionOf('@tensorflow/tfjs')}, ONNX Runtime Web ${versionOf('onnxruntime-web')}`,
    ...(numpy ? [`- NumPy ${numpy.version}`] : []),
    ...absent.map((text) => `- ${text}`),
  ].join('\n'),
);
say(
  'Time of one run, the shortest of many; on one thread, but for layerlens with two. Behind it, how many times as long a peer takes\n' +
    "as layerlens' `simd` and `relaxed` kernels. README.md says how each is called.",
);

for (const group of new Set(chosen.map((row) => row.group))) {
  for (const row of chosen.filter((row) => row.group === group)) {
    progress(`${chosen.indexOf(row) + 1} of ${chosen.length}: ${group} ${row.name}`);
    results.add(row, await measure(row, runners, limits));
  }
  progress();
  say(`## ${group}`);
  say(results.tables(group));
}
for (const runner of runners) await runner.close();
await browser?.close();

if (!inBrowser && isWanted(FIRST)) {
  /** Title, peer and option. */
  const starts = [
    ['layerlens', 'layerlens'],
    ['TensorFlow.js, tfjs-core', 'tfjs', 'core'],
    ['TensorFlow.js', 'tfjs'],
    ['ONNX Runtime', 'onnx'],
    ['NumPy', 'numpy_peer.py'],
  ];
  for (let i = 1; i <= STARTS; i++) {
    progress(`${FIRST}: ${i} of ${STARTS}`);
    for (const [title, peer, option] of starts) {
      const time = await timeFirst(peer, option).catch(() => Infinity);
      results.first[title] = Math.min(results.first[title] ?? Infinity, time);
    }
  }
  progress();
  say(`## ${FIRST}`);
  const { layerlens, ...others } = results.first;
  const lines = Object.entries(others).map(([title, time]) => [title, duration(time), times(time / layerlens)]);
  say(table([['', 'time', 'as layerlens'], ['layerlens', duration(layerlens)], ...lines]));
}
if (isWanted(DOWNLOAD)) {
  Object.assign(results.download, downloads());
  say(`## ${DOWNLOAD}, gzipped`);
  const namesOf = (/** @type {string} */ title) => files[title].map((path) => basename(path)).join(' + ');
  const lines = Object.entries(results.download).map(([title, bytes]) => [title, kilobytes(bytes), namesOf(title)]);
  say(table([['', 'size', 'files'], ...lines]));
}

const peakOf = (/** @type {'simd' | 'relaxed'} */ variant) => {
  const { least, most } = results.peaks(variant) ?? {};
  return `${least?.toFixed(1)} to ${most?.toFixed(1)}`;
};
if (results.peaks('simd')) {
  say(
    'Peak of 128-bit instructions on registers, in turns with each affine row, GFLOP/s:\n' +
      `multiplications and additions ${peakOf('simd')}, fused ones ${peakOf('relaxed')}.`,
  );
}
if (results.complaints.length) say(`## Wrong results\n\n${results.complaints.map((text) => `- ${text}`).join('\n')}`);
say(`## Targets\n\n${targetList(results)}`);

if (wanted === '') {
  const file = browser ? 'results-browser.md' : 'results.md';
  writeFileSync(new URL(file, import.meta.url), `${report.join('\n\n')}\n`);
  console.log(`Written to bench/${file}, after ${Math.round((performance.now() - begin) / 1000)} s.`);
}
