// The benchmark keeps its promises: it compares before it times, takes turns, and counts the shortest of many repetitions. None of
// its peers is needed, and nothing is asserted about real times.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answerer } from '../../bench/answer.js';
import { measure } from '../../bench/measure.js';
import { byRow, tasksOf } from '../../bench/peers/plain.js';
import { rows } from '../../bench/rows.js';
import { startProcess } from '../../bench/runners.js';

const rowOf = (group, name) => rows.find((row) => row.group === group && row.name === name);
const tiny = rowOf('affine forward', '4×2→3');
const limits = { shortest: 1, warmUp: 10, enough: 50, most: 200 };

const encoded = (numbers) => Buffer.from(new Float32Array(numbers).buffer).toString('base64');
const decoded = (text) => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

/** The right results of plain JavaScript. */
const right = async (row) => (await answerer(tasksOf(byRow))({ prepare: row })).result;

/**
 * A runner that needs the times which `timesOf` gives, in milliseconds: for a number of calls, in its nth sample. `change` changes its
 * result, and `log` takes what it is asked for.
 */
function fake(timesOf, { id = 'fake', change = (result) => result, log = [] } = {}) {
  let samples = 0;
  const ask = async (request) => {
    if (request.prepare) {
      log.push(`${id} prepares`);
      return { result: change(await right(request.prepare)) };
    }
    log.push(id);
    return { milliseconds: timesOf(request.calls, samples++) };
  };
  return { id, ask, samples: () => samples };
}

test('a row: the shortest of the samples counts', async () => {
  const runner = fake((calls, n) => calls * (n === 12 ? 1.25 : 2 + (n % 3)));
  assert.deepEqual(await measure(tiny, [runner], limits), new Map([['fake', { time: 1.25 }]]));
});

test('a row: samples of the warm-up do not count', async () => {
  const runner = fake((calls, n) => calls * (n < 2 ? 1 : 3));
  assert.equal((await measure(tiny, [runner], limits)).get('fake')?.time, 3);
});

test('a row: a sample too short for the clock is taken again with more calls, and never counts', async () => {
  const asked = [];
  const runner = fake((calls, n) => {
    asked.push(calls);
    return n % 5 === 4 ? 0 : calls / 1000;
  });
  const { time } = (await measure(tiny, [runner], limits)).get('fake') ?? {};
  assert.equal(time, 1 / 1000);
  assert.ok(Math.max(...asked) >= 1000, `at most ${Math.max(...asked)} calls`);
});

test('a row: runners take turns', async () => {
  const log = [];
  await measure(tiny, ['a', 'b', 'c'].map((id) => fake(() => 5, { id, log })), limits);
  assert.deepEqual(log.slice(0, 9), ['a prepares', 'b prepares', 'c prepares', 'a', 'b', 'c', 'a', 'b', 'c']);
});

test('a row: one whose time keeps falling is measured for longer', async () => {
  const steady = fake(() => 2, { id: 'steady' });
  const falling = fake((_, n) => Math.max(2, 4 - n / 20), { id: 'falling' });
  await measure(tiny, [steady, falling], limits);
  assert.equal(steady.samples(), 30); // 10 and 50 ms
  assert.ok(falling.samples() > 50, `${falling.samples()} samples`); // of up to 4 ms, until 10 and 200
});

test('a row: the slowest gets its few samples too, however long they take', async () => {
  const runner = fake((_, n) => 10_000 - n);
  assert.equal((await measure(tiny, [runner], limits)).get('fake')?.time, 9998);
  assert.equal(runner.samples(), 3);
});

test('a row: a wrong result is reported and not timed', async () => {
  const off = (numbers) => numbers.map((value, i) => (i === 7 ? value + 0.01 : value));
  const changes = {
    off: [(y) => ({ y: encoded(off(decoded(y))) }), /^y\[7\] is .*, expected .* ± /],
    NaN: [(y) => ({ y: encoded(decoded(y).fill(NaN, 3, 4)) }), /^y\[3\] is NaN/],
    short: [(y) => ({ y: encoded(decoded(y).slice(1)) }), /^y has 11 numbers instead of 12$/],
    missing: [() => ({}), /^y is missing$/],
  };
  for (const [id, [change, message]] of Object.entries(changes)) {
    const wrong = fake(() => 2, { id, change: ({ y }) => change(y) });
    const outcomes = await measure(tiny, [wrong, fake(() => 3, { id: 'right' })], limits);
    assert.match(outcomes.get(id)?.wrong ?? '', message);
    assert.deepEqual([outcomes.get(id)?.time, wrong.samples(), outcomes.get('right')?.time], [undefined, 0, 3]);
  }
});

test('a row: a peer that fails is reported, and the others go on', async () => {
  const failing = { id: 'failing', ask: async () => ({ error: 'Error: out of order' }) };
  const outcomes = await measure(tiny, [failing, fake(() => 3)], limits);
  assert.deepEqual(Object.fromEntries(outcomes), { failing: { wrong: 'Error: out of order' }, fake: { time: 3 } });
});

test('a row: a peer that fails while it is timed ends the benchmark', async () => {
  const ask = async (request) => (request.prepare ? { result: await right(tiny) } : { error: 'Error: lost' });
  await assert.rejects(measure(tiny, [{ id: 'failing', ask }], limits), /failing: Error: lost/);
});

test('a row: what has no such task is left out; nothing is compared of what computes nothing', async () => {
  const without = fake(() => 2, { change: () => undefined });
  const peak = { ...fake(() => 2, { id: 'peak', change: () => ({}) }), unchecked: true };
  assert.deepEqual(Object.fromEntries(await measure(tiny, [without, peak], limits)), { peak: { time: 2 } });
});

test('a row: of two ways in one column the faster counts; one that is wrong makes the column wrong', async () => {
  const ways = [fake(() => 3), fake(() => 2)];
  assert.equal((await measure(tiny, ways, limits)).get('fake')?.time, 2);
  for (const order of [(list) => list, (list) => list.reverse()]) {
    const mixed = order([fake(() => 2, { change: () => ({}) }), fake(() => 3)]);
    assert.deepEqual((await measure(tiny, mixed, limits)).get('fake'), { wrong: 'y is missing' });
  }
});

test('rows: float32 loops are within every tolerance, a missing product is not', async () => {
  const small = rows.filter(({ inputs }) => Object.values(inputs).every(({ shape }) => shape.reduce((a, b) => a * b) <= 5000));
  assert.equal(new Set(small.map(({ group }) => group)).size, 6);
  for (const row of small) {
    const runner = fake(() => 20);
    assert.deepEqual(await measure(row, [runner], limits), new Map([['fake', { time: 20 }]]), `${row.group} ${row.name}`);

    // As if the loops left out x's last number.
    const ask = answerer({
      [row.kind]: (inputs) => {
        inputs.x.data[inputs.x.data.length - 1] = 0;
        return tasksOf(byRow)[row.kind](inputs);
      },
    });
    const outcome = (await measure(row, [{ id: 'zeroed', ask }], limits)).get('zeroed');
    assert.match(outcome?.wrong ?? '', /is .* expected/, `${row.group} ${row.name}`);
  }
});

test('a peer in a process of its own computes and is timed', async () => {
  const runner = await startProcess({ id: 'plain', title: 'plain', peer: 'plain' }, 'byElement');
  for (const row of [tiny, rowOf('train step', '2-8-2, batch 4')]) {
    const outcome = (await measure(row, [runner], limits)).get('plain');
    assert.ok(Number(outcome?.time) > 0, JSON.stringify(outcome));
  }
  await runner.close();
});

test('a peer that is not there gives the reason', async () => {
  await assert.rejects(startProcess({ id: 'absent', title: 'absent', peer: 'absent' }), /absent/);
});
