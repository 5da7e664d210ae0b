// One peer in a process of its own: node bench/peer.js NAME [OPTION]. Requests come and answers go as JSON, a line each.
// `node bench/peer.js NAME OPTION first` measures the time from import to the first result instead.

import { createInterface } from 'node:readline';
import { sizeOf } from './draw.js';
import './rows.js'; // so that the time to the first result is the peer's own

const [name, option, first] = process.argv.slice(2);
console.log = console.error; // what a library prints isn't an answer
const say = (/** @type {unknown} */ value) => process.stdout.write(`${JSON.stringify(value)}\n`);

if (first) {
  const data = (/** @type {number[]} */ ...shape) => ({ shape, data: new Float32Array(sizeOf(shape)).fill(1) });
  const begin = performance.now();
  const { tasks } = await (await import(`./peers/${name}.js`)).start(option || undefined);
  const task = await tasks.affineSigmoidForward({ x: data(4, 2), W: data(2, 3), b: data(3) });
  await task.result();
  say(performance.now() - begin);
  process.exit();
}

const { answerer } = await import('./answer.js');
const { start } = await import(`./peers/${name}.js`);
const answer = answerer((await start(option || undefined)).tasks);
say({});
for await (const line of createInterface({ input: process.stdin })) {
  say(await answer(JSON.parse(line)).catch((/** @type {unknown} */ error) => ({ error: String(error) })));
}
process.exit();
