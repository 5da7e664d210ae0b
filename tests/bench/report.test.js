// What the benchmark prints.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { flop, start } from '../../bench/peers/peak.js';
import { Results } from '../../bench/results.js';
import { rows } from '../../bench/rows.js';
import { duration, table, times } from '../../bench/table.js';
import { targetList } from '../../bench/targets.js';

test('table: aligned Markdown, text to the left, numbers to the right', () => {
  assert.equal(
    table([
      ['row', 'a', 'longer'],
      ['1×784→50', '12 ns', undefined],
      ['b', '3', '4.00 ms'],
    ]),
    [
      '| row      |     a |  longer |',
      '|----------|------:|--------:|',
      '| 1×784→50 | 12 ns |         |',
      '| b        |     3 | 4.00 ms |',
    ].join('\n'),
  );
});

test('durations have three digits and a fitting unit', () => {
  const milliseconds = [2.04e-5, 9.996e-4, 0.00999, 0.137, 0.9996, 5.52, 99.96, 1234, 98_765];
  const texts = ['20.4 ns', '1.00 µs', '9.99 µs', '137 µs', '1.00 ms', '5.52 ms', '100 ms', '1.23 s', '98.8 s'];
  assert.deepEqual(milliseconds.map(duration), texts);
});

test('ratios', () => {
  assert.deepEqual([0.314, 0.996, 1.449, 9.94, 9.96, 254.4].map(times), ['0.31×', '1.0×', '1.4×', '9.9×', '10×', '254×']);
});

const rowOf = (group, name) => rows.find((row) => row.group === group && row.name === name);
const outcomes = (times) => new Map(Object.entries(times).map(([id, time]) => [id, { time }]));

test('results: times, ratios, GFLOP/s and shares of the peak', () => {
  const results = new Results();
  const row = rowOf('affine forward', '480×480→480');
  const peak = flop / 50e6; // 50 GFLOP/s
  const measured = outcomes({ simd: 5.5296, relaxed: 4.608, threads: 2.304, tfjs: 9.216, peakSimd: peak, peakRelaxed: peak });
  results.add(row, measured.set('onnx', { wrong: 'y[0] is 1, expected 2' }));
  assert.equal(
    results.tables('affine forward'),
    [
      '| affine forward |    simd | relaxed | 2 threads |     TensorFlow.js | ONNX Runtime |',
      '|----------------|--------:|--------:|----------:|------------------:|-------------:|',
      '| 480×480→480    | 5.53 ms | 4.61 ms |   2.30 ms | 9.22 ms 1.7× 2.0× |        wrong |',
      '',
      '| affine forward, GFLOP/s | simd | of peak | relaxed | of peak | 2 threads | TensorFlow.js | ONNX Runtime |',
      '|-------------------------|-----:|--------:|--------:|--------:|----------:|--------------:|-------------:|',
      '| 480×480→480             | 40.0 |    80 % |    48.0 |    96 % |      96.0 |          24.0 |              |',
    ].join('\n'),
  );
  assert.deepEqual(results.complaints, ['affine forward 480×480→480, ONNX Runtime: y[0] is 1, expected 2']);
});

test('targets: reached or missed, at worst, and silent about what was not measured', () => {
  const results = new Results();
  results.add(rowOf('affine + sigmoid forward', '4×2→3'), outcomes({ simd: 2, relaxed: 1, tfjs: 36, onnx: 49 }));
  results.add(rowOf('affine forward', '8×16→16'), outcomes({ relaxed: 1, plain: 4 }));
  results.add(rowOf('affine backward', '8×16→16'), outcomes({ relaxed: 1, plain: 2.9 }));
  results.add(rowOf('train step', '784-50-10, batch 100'), outcomes({ relaxed: 3, threads: 2.2, numpy: 2 }));
  results.download.layerlens = 12_500;
  assert.deepEqual(targetList(results).split('\n'), [
    '- ✓ ≥ 35× as fast as TensorFlow.js, affine + sigmoid 4×2→3: 36.0×',
    '- ✗ ≥ 50× as fast as ONNX Runtime, affine + sigmoid 4×2→3: 49.0×',
    '- ✗ ≥ 3× as fast as plain JavaScript, affine at 8×16→16: 2.90× at worst (affine backward 8×16→16); 1 of 2 reach it',
    "- ✓ ≤ 1.5× NumPy's time, train step 784-50-10: 1.50×",
    "- ✗ ≤ 1× NumPy's time, train step 784-50-10, two threads: 1.10×",
    '- ✗ ≤ 12.0 kB to download, gzipped: dist/index.js: 12.5 kB',
  ]);
});

test('peak: its loops do the additions and multiplications that are counted', async () => {
  // Each lane of a fused sum grows by 1/8 a step; an unfused one comes to rest at 1/2.
  const sums = 12;
  const run = async (variant) => (await start(variant)).tasks.affineForward().run();
  assert.equal(await run('relaxed'), flop / 8 / 8);
  assert.equal(await run('simd'), sums / 2);
});
