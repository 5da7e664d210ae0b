// What the command says of itself, where it says it, and the codes that it ends with.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { run, start, succeed } from './harness.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const commands = ['train', 'predict', 'inspect', 'page'];

test('--help goes to stdout, fits 80 columns, and names every command and exit code', async () => {
  const { stdout, stderr } = await succeed(['--help']);
  assert.equal(stderr, '');
  for (const command of commands) assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
  for (const code of [0, 1, 2, 129, 130, 143]) assert.match(stdout, new RegExp(`^  ${code} +\\w`, 'm'));
  const pages = [stdout];
  for (const command of commands) pages.push((await succeed([command, '--help'])).stdout);
  for (const line of pages.join('').split('\n')) assert.ok(line.length <= 80, line);
});

test('--version', async () => {
  assert.equal((await succeed(['--version'])).stdout, `${version}\n`);
});

const wrong = {
  'no command': [[], /^Usage: layerlens/],
  'another command': [['trian'], /^layerlens: unknown command 'trian'/],
  'another option': [['train', '--epoch', '3'], /^layerlens: unknown option '--epoch'/],
  'a missing argument': [['predict', 'net.safetensors'], /^layerlens: missing required argument 'data'/],
  'one argument too many': [['inspect', 'a', 'b'], /^layerlens: too many arguments for 'inspect'/],
  'no number': [['train', '--epochs', 'many'], /'many' is invalid. It must be a whole number from 1 /],
  'a number that is too small': [['train', '--batch', '0'], /'0' is invalid. It must be a whole number from 1 /],
  'a fraction': [['train', '--hidden', '50,2.5'], /'50,2.5' is invalid/],
  'a share of everything': [['train', '--test', '1'], /'1' is invalid. It must be a number from 0 to below 1/],
  'an infinite rate': [['train', '--lr', '1e999'], /'1e999' is invalid. It must be a number above 0/],
  'another choice': [['train', '--optimizer', 'lbfgs'], /Allowed choices are sgd, momentum, adagrad, adam/],
  'another shape for what is resumed': [['train', '--resume', 'net', '--hidden', '3'], /cannot be used with option '--hidden/],
  'no delimiter': [['train', '--delimiter', ''], /'' is invalid\. It must be one character, or tab/],
  'a long delimiter': [['train', '--delimiter', ', '], /', ' is invalid\. It must be one character, or tab/],
  'a quote as a delimiter': [['predict', 'net', 'data', '--delimiter', '"'], /'"' is invalid\. It must be one character, or tab/],
  'no port': [['page', '--port', '65536'], /It must be a whole number from 0 to 65535/],
};
for (const [name, [args, message]] of Object.entries(wrong)) {
  test(`wrong usage ends with 2 and a hint on stderr: ${name}`, async () => {
    const { code, stdout, stderr } = await run(/** @type {string[]} */ (args));
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /** @type {RegExp} */ (message));
  });
}

test('a failure is one line on stderr, with a stack only if DEBUG is set', async () => {
  const { code, stdout, stderr } = await run(['inspect', 'nowhere']);
  assert.deepEqual([code, stdout, stderr], [1, '', 'layerlens: nowhere: no such file or directory\n']);
  const { child, done } = start(['inspect', 'nowhere'], { DEBUG: '1' });
  child.stdin.end();
  assert.match((await done).stderr, /^layerlens: nowhere: no such file or directory\nError: .*\n    at /);
});
