// Runs the bundled command as a user does, in a folder of its own.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Where it is bundled to. */
export const command = fileURLToPath(new URL('../../dist/bin/layerlens.js', import.meta.url));

/** An empty folder, removed after the tests of the file. */
export const folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * Starts the command.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function start(args, env) {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  }
  /** @type {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }>} */
  const done = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...output })));
  /** Waits until it has written something. @param {'stdout' | 'stderr'} name @param {RegExp} pattern */
  const written = (name, pattern) =>
    new Promise((resolve, reject) => {
      const look = () => pattern.test(output[name]) && resolve(output[name]);
      child[name].on('data', look);
      child.on('close', (code) => reject(new Error(`it ended with ${code} before ${pattern}: ${output.stderr}`)));
      look();
    });
  return { child, done, written };
}

/**
 * Runs the command to its end.
 * @param {string[]} args
 * @param {string | Buffer} [input]
 */
export function run(args, input = '') {
  const { child, done } = start(args);
  child.stdin.on('error', () => {}); // it may end before it has read everything
  child.stdin.end(input);
  return done;
}

/**
 * Runs the command, which must succeed.
 * @param {string[]} args
 * @param {string | Buffer} [input]
 */
export async function succeed(args, input) {
  const result = await run(args, input);
  if (result.code !== 0) throw new Error(`layerlens ${args.join(' ')} ended with ${result.code}: ${result.stderr}`);
  return result;
}

/** Runs `train --json` with these arguments: its result. @param {string[]} args */
export const train = async (...args) => JSON.parse((await succeed(['train', ...args, '--json', '--quiet'])).stdout);
