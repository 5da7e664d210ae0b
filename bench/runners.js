// Starts peers, each in a process or a page of its own: none meets another's garbage, and each is optimised for itself alone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./columns.js').Column} Column */
/** @typedef {import('./measure.js').Runner} Runner */
/** @typedef {Runner & { version?: string, close: () => unknown }} Started */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** Debian's packages are there for its own Python only, which needn't be the first one on the path. */
const pythons = ['/usr/bin/python3', 'python3'];
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
// OpenBLAS has kernels for each kind of processor, and the environment may hold it to those of another: the best ones are to run.
delete env.OPENBLAS_CORETYPE;
delete env.OPENBLAS_L2_SIZE;

/** The ways to run a peer's process, best first. @returns {[program: string, ...args: string[]][]} */
const commandsOf = (/** @type {string} */ peer, /** @type {string} */ option) => {
  if (peer.endsWith('.py')) return pythons.map((python) => [python, here(`peers/${peer}`)]);
  return [[process.execPath, here('peer.js'), peer, option]];
};

/** @param {Column} column @returns {Promise<Started>} */
export async function startProcess(column, option = '') {
  let complaint;
  for (const command of commandsOf(column.peer, option)) {
    try {
      return await talkTo(column, command);
    } catch (error) {
      complaint = error;
    }
  }
  throw complaint;
}

/** @param {Column} column @param {[string, ...string[]]} command @returns {Promise<Started>} */
async function talkTo({ id, unchecked }, [program, ...args]) {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data) => (complaints += data));
  child.on('error', (error) => (complaints += error.message));
  child.stdin.on('error', () => {}); // it has ended, as the missing answer says
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(complaints.split('\n').find((line) => /Error\b|ENOENT/.test(line)) ?? `${program} ended`);
    return JSON.parse(value);
  };
  const { version } = await answer();
  return {
    id,
    unchecked,
    version,
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}

/** Milliseconds from a peer's import to its first result, in a new process. @returns {Promise<number>} */
export async function timeFirst(/** @type {string} */ peer, option = '') {
  for (const [program, ...args] of commandsOf(peer, option)) {
    const child = spawn(program, [...args, 'first'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('error', () => {}); // no such program
    await once(child, 'close');
    if (output) return Number(output);
  }
  throw new Error(`${peer} gave no first result`);
}
