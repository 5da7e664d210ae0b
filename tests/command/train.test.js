// `layerlens train`: what it learns, saves and tells; that it can stop and go on.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors } from 'layerlens/formats';
import { replaceFile } from '../../bin/output.js';
import { interpreter } from '../python.js';
import { command, folder, run, start, succeed, train } from './harness.js';

const bytes = (/** @type {string} */ file) => readFileSync(join(folder, file));

test('iris with the defaults: at least 29 of the 30 flowers held out are right', async () => {
  const { code, stdout } = await run(['train']);
  assert.equal(code, 0);
  assert.match(stdout, /^saved     net\.safetensors\nloss      0\.\d+\ntraining  1[12]\d of 120 right \(0\.9\d+\)\n/);
  assert.match(stdout, /\ntest      (29|30) of 30 right \((0\.9667|1\.0000)\)\n$/);
  const { test } = await train('--out', 'again');
  assert.ok(test.accuracy >= 0.96, JSON.stringify(test));
  assert.deepEqual(bytes('again'), bytes('net.safetensors'), 'the same seed gives the same network');
  await train('--seed', '2', '--out', 'other');
  assert.notDeepEqual(bytes('other'), bytes('net.safetensors'));
});

test('iris by other seeds: 94 of 100 on average, whichever flowers are held out', async () => {
  const seeds = Array.from({ length: 10 }, (_, i) => String(i + 2));
  let right = 0;
  for (const seed of seeds) right += (await train('--seed', seed, '--out', 'net')).test.right;
  assert.ok(right / 300 > 0.94, `${right} of 300`);
});

test('first weights: drawn anew for each layer, wide as Xavier has them for sigmoid and He for ReLU', async () => {
  for (const [activation, gain] of /** @type {const} */ ([['sigmoid', 1], ['relu', 2]])) {
    // A step that is too small to change a float32.
    const still = ['--optimizer', 'sgd', '--lr', '1e-30', '--epochs', '1'];
    await train('--activation', activation, '--hidden', '60,60,60', ...still, '--out', 'net');
    const { arrays } = readSafetensors(bytes('net'));
    const weights = ['0', '2', '4', '6'].map((layer) => Array.from(arrays[`${layer}.weight`].data, Number));
    for (const [i, inputs] of [4, 60, 60, 60].entries()) {
      const deviation = Math.sqrt(weights[i].reduce((sum, w) => sum + w * w, 0) / weights[i].length);
      // Of n numbers it is 1 / √(2n) off, as a rule: 180 are the fewest.
      const ratio = deviation / Math.sqrt(gain / inputs);
      assert.ok(Math.abs(ratio - 1) < 4 / Math.sqrt(2 * weights[i].length), `${activation}, layer ${i}: ${ratio}`);
    }
    assert.notDeepEqual(weights[1], weights[2]);
    const likeness = weights[1].reduce((sum, w, i) => sum + w * weights[2][i], 0) / 3600 / (gain / 60);
    assert.ok(Math.abs(likeness) < 4 / 60, `${activation}: the layers are correlated by ${likeness}`);
  }
});

test('stdout holds the result only; stderr the rest, without a bar or colours where it is no terminal', async () => {
  const { stdout, stderr } = await succeed(['train', '--epochs', '3', '--out', 'net']);
  assert.equal(stdout.split('\n').length, 5);
  assert.match(stderr, /^data +iris: 150 samples of 4 features\nclasses +3: setosa, versicolor, virginica\nsplit +120 for /);
  assert.match(stderr, /^epoch 3\/3  iteration 12\/12  loss \d/m);
  assert.match(stderr, / ┤/);
  assert.doesNotMatch(stdout + stderr, /\x1b/);
  for (const line of stderr.split('\n')) assert.ok(line.length <= 80, line);

  const quiet = await succeed(['train', '--epochs', '3', '--out', 'net', '--quiet']);
  assert.deepEqual([quiet.stdout, quiet.stderr], [stdout, '']);
});

test('--json', async () => {
  const { out, iterations, training, test } = await train('--epochs', '2', '--batch', '7', '--test', '0.4', '--out', 'net');
  assert.deepEqual([out, iterations, training.samples, test.samples], ['net', 2 * Math.ceil(90 / 7), 90, 60]);
  for (const { right, samples, accuracy, loss } of [training, test]) {
    assert.equal(accuracy, right / samples);
    assert.ok(loss > 0 && loss < 2, String(loss));
  }
  assert.equal((await train('--epochs', '1', '--test', '0', '--out', 'net')).test, undefined);
});

test('every optimizer, activation and scale learns iris', async () => {
  /** @param {string[]} args */
  const accuracy = async (...args) => (await train(...args, '--epochs', '200', '--out', 'net')).training.accuracy;
  for (const optimizer of ['sgd', 'momentum', 'adagrad', 'adam']) {
    for (const activation of ['relu', 'sigmoid']) {
      const reached = await accuracy('--optimizer', optimizer, '--activation', activation, '--hidden', '20,10');
      assert.ok(reached > 0.9, `${optimizer}, ${activation}: ${reached}`);
    }
  }
  for (const way of ['columns', 'none']) assert.ok((await accuracy('--normalize', way)) > 0.9, way);
});

for (const optimizer of ['sgd', 'momentum', 'adagrad', 'adam']) {
  test(`--resume goes on to the bit where it was: ${optimizer}`, async () => {
    const options = ['--optimizer', optimizer, '--batch', '50', '--seed', '3', '--test', '0.1'];
    await train(...options, '--epochs', '7', '--out', 'unbroken');
    await train(...options, '--epochs', '3', '--out', 'part');
    await train('--resume', 'part', '--epochs', '7', '--out', 'resumed');
    assert.deepEqual(bytes('resumed'), bytes('unbroken'));
    await train('--resume', 'part', '--epochs', '7');
    assert.deepEqual(bytes('part'), bytes('unbroken'), 'without --out, the resumed file is written');
  });
}

test('--resume with another --lr goes on with it, then and later', async () => {
  await train('--epochs', '1', '--out', 'first');
  await train('--resume', 'first', '--epochs', '2', '--lr', '0.001', '--out', 'second');
  await train('--resume', 'second', '--epochs', '3', '--out', 'third');
  await train('--resume', 'first', '--epochs', '3', '--lr', '0.001');
  assert.deepEqual(bytes('first'), bytes('third'));
  await train('--epochs', '3', '--out', 'unchanged');
  assert.notDeepEqual(bytes('third'), bytes('unchanged'));
});

/** Longer than anybody waits. */
const endless = ['train', '--epochs', '2000000000', '--batch', '50', '--json'];
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
  test(`${signal} saves what was learned, ends with ${code}, and --resume goes on to the bit`, async () => {
    const { child, done, written } = start([...endless, '--out', 'stopped']);
    await written('stderr', /optimizer/);
    await pause(); // at any place within an epoch
    child.kill(signal);
    const ended = await done;
    assert.deepEqual([ended.code, ended.signal], [code, null]);
    assert.match(ended.stderr, /stopped +layerlens train iris --resume stopped goes on\n$/);
    const { iterations } = JSON.parse(ended.stdout);
    const epochs = String(Math.ceil(iterations / 3) + 1); // of 3 batches
    const resumed = await train('--resume', 'stopped', '--epochs', epochs);
    assert.ok(resumed.iterations > iterations);
    await train('--epochs', epochs, '--batch', '50', '--out', 'unbroken');
    assert.deepEqual(bytes('stopped'), bytes('unbroken'), `interrupted after ${iterations} iterations`);
  });
}

test('a second signal ends it at once and writes nothing', async () => {
  // After the first signal, a network of this width is evaluated for seconds, without a look at the second.
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i % 7},${i % 2 ? 'odd' : 'even'}`);
  writeFileSync(join(folder, 'long.csv'), rows.join('\n'));
  for (const [first, second] of /** @type {NodeJS.Signals[][]} */ ([['SIGINT', 'SIGINT'], ['SIGINT', 'SIGTERM'], ['SIGHUP', 'SIGINT']])) {
    const { child, done, written } = start([...endless, 'long.csv', '--hidden', '1000,1000', '--out', 'unwritten']);
    await written('stderr', /optimizer/);
    await pause();
    child.kill(first);
    const again = setInterval(() => child.kill(second), 100); // the first may wait for the end of a step
    const { signal, stdout } = await done.finally(() => clearInterval(again));
    assert.deepEqual([signal, stdout], [second, '']);
    assert.ok(!existsSync(join(folder, 'unwritten')));
  }
});

test('it trains on and saves when nobody reads what it tells', async () => {
  const { child, done, written } = start(['train', '--epochs', '2000', '--out', 'unread', '--json']);
  await written('stderr', /data/);
  child.stderr.destroy();
  const { code, stdout } = await done;
  assert.deepEqual([code, JSON.parse(stdout).iterations], [0, 8000]);
  await train('--epochs', '2000', '--out', 'read');
  assert.deepEqual(bytes('unread'), bytes('read'));
});

test('the code of a signal stays when nobody reads the result', async () => {
  const { child, done, written } = start([...endless, '--out', 'stopped']);
  await written('stderr', /optimizer/);
  rmSync(join(folder, 'stopped'), { force: true });
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill('SIGTERM');
  assert.equal((await done).code, 143);
  await succeed(['inspect', 'stopped']);
});

test('on a terminal, every signal gives the cursor back', () => {
  const terminal = `
import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
text, sent = b"", False
while True:
    try: text += os.read(terminal, 65536)
    except OSError: break  # it has ended
    if b"loss" in text and not sent:
        os.kill(pid, signal.Signals[sys.argv[1]])
        sent = True
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
sys.stdout.flush()
os.write(1, text)`;
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
    const args = [String(signal), process.execPath, command, ...endless, '--out', 'stopped'];
    const shown = execFileSync(interpreter(), ['-c', terminal, ...args], { cwd: folder, encoding: 'utf8' });
    assert.match(shown, new RegExp(`^${code}\n`), shown);
    const [hidden, back] = ['\x1b[?25l', '\x1b[?25h'].map((text) => shown.lastIndexOf(text));
    assert.ok(hidden >= 0 && hidden < back, JSON.stringify(shown));
  }
});

test('what fails leaves an existing file as it was, and no other', async () => {
  mkdirSync(join(folder, 'kept'));
  writeFileSync(join(folder, 'kept/net'), 'older');
  writeFileSync(join(folder, 'bad.csv'), '1,a\n2,b\nx,a\n4,b\n');
  const steep = ['--optimizer', 'sgd', '--activation', 'relu', '--quiet', '--lr'];
  const failures = [
    [['bad.csv'], /^layerlens: bad\.csv: line 3, column 1: expected a number, got "x"\n$/],
    [[...steep, '1e30'], /^layerlens: the loss is NaN after \d+ iterations: try /],
    [[...steep, '1e38', '--epochs', '1', '--batch', '1000'], /^layerlens: the loss is NaN after 1 iter/],
  ];
  for (const [args, message] of failures) {
    const { code, stdout, stderr } = await run(['train', .../** @type {string[]} */ (args), '--out', 'kept/net']);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /** @type {RegExp} */ (message));
  }
  assert.deepEqual(readdirSync(join(folder, 'kept')), ['net']);
  assert.equal(String(bytes('kept/net')), 'older');
  await train('--epochs', '1', '--out', 'kept/net');
  assert.deepEqual(readdirSync(join(folder, 'kept')), ['net'], 'no draft stays behind');
});

test('where nothing can be written, it says so before the work', async () => {
  const missing = await run(['train', '--out', 'missing/net']);
  assert.deepEqual([missing.code, missing.stderr], [1, 'layerlens: missing: no such file or directory\n']);
  mkdirSync(join(folder, 'taken'));
  const taken = await run(['train', '--out', 'taken']);
  assert.deepEqual([taken.code, taken.stderr], [1, 'layerlens: taken: expected a file to write to, got something else\n']);
});

test('--out is never what is read, by whatever name', async () => {
  const data = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? 'odd' : 'even'}\n`).join('');
  writeFileSync(join(folder, 'data.csv'), data);
  symlinkSync('data.csv', join(folder, 'link.csv'));
  linkSync(join(folder, 'data.csv'), join(folder, 'twin.csv'));
  const message = (/** @type {string} */ out) => `layerlens: ${out}: it holds the data, and would be overwritten; --out names another file\n`;
  const pairs = [['data.csv', './data.csv'], ['data.csv', 'link.csv'], ['link.csv', 'data.csv'], ['data.csv', 'twin.csv']];
  for (const [name, out] of pairs) {
    const { code, stdout, stderr } = await run(['train', name, '--out', out]);
    assert.deepEqual([code, stdout, stderr], [1, '', message(out)]);
  }
  const file = openSync(join(folder, 'data.csv'), 'r');
  const args = [command, 'train', '-', '--out', 'data.csv'];
  const redirected = spawnSync(process.execPath, args, { cwd: folder, stdio: [file, 'pipe', 'pipe'] });
  assert.deepEqual([redirected.status, String(redirected.stderr)], [1, message('data.csv')]);
  writeFileSync(join(folder, 'images'), Buffer.from([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1]));
  writeFileSync(join(folder, 'labels'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 1]));
  assert.equal((await run(['train', 'images', 'labels', '--out', 'labels'])).stderr, message('labels'));
  assert.equal(String(bytes('data.csv')), data);
});

test('where --out is a symbolic link, the file that it leads to is written', async () => {
  mkdirSync(join(folder, 'far'));
  writeFileSync(join(folder, 'far/net'), 'older');
  symlinkSync('far/net', join(folder, 'near'));
  symlinkSync('near', join(folder, 'nearer'));
  await train('--epochs', '1', '--out', 'nearer');
  await train('--epochs', '1', '--out', 'plain');
  assert.deepEqual(bytes('far/net'), bytes('plain'));
  for (const link of ['near', 'nearer']) assert.ok(lstatSync(join(folder, link)).isSymbolicLink(), link);
  assert.deepEqual(readdirSync(join(folder, 'far')), ['net']);

  symlinkSync('nowhere/net', join(folder, 'broken'));
  const { code, stderr } = await run(['train', '--out', 'broken']);
  assert.deepEqual([code, stderr], [1, 'layerlens: broken: a symbolic link that leads nowhere\n']);
});

test('an older file stays whole until the new one is', async () => {
  mkdirSync(join(folder, 'whole'));
  const path = join(folder, 'whole/net');
  writeFileSync(path, 'older');
  async function* half() {
    yield Buffer.from('half of it');
    assert.equal(readFileSync(path, 'utf8'), 'older');
    throw new Error('no more');
  }
  await assert.rejects(replaceFile(path, /** @type {any} */ (half())), { message: 'no more' });
  assert.deepEqual([readFileSync(path, 'utf8'), readdirSync(join(folder, 'whole'))], ['older', ['net']]);
});

test('--resume of a finished run says so, and leaves the file as it is', async () => {
  const first = await train('--epochs', '2', '--out', 'finished');
  const before = bytes('finished');
  const { ino } = statSync(join(folder, 'finished'));
  for (const args of [[], ['--epochs', '2'], ['--lr', '0.5']]) {
    const { stdout, stderr } = await succeed(['train', '--resume', 'finished', '--json', ...args]);
    assert.match(stderr, /^finished {3}all 8 iterations are done; --epochs 3 or more goes on$/m);
    assert.deepEqual(JSON.parse(stdout), { ...first, out: 'finished' });
    assert.deepEqual([bytes('finished'), statSync(join(folder, 'finished')).ino], [before, ino]);
  }
  await train('--resume', 'finished', '--out', 'copy');
  assert.deepEqual(bytes('copy'), before, 'another file is written');
});

test('--resume refuses other samples, fewer epochs than are done, and a network of other origin', async () => {
  await train('--epochs', '2', '--out', 'net');
  writeFileSync(join(folder, 'other.csv'), '1,2,3,4,a\n2,3,4,5,b\n3,4,5,6,a\n4,5,6,7,b\n');
  const refused = async (/** @type {string[]} */ ...args) => {
    const { code, stderr } = await run(['train', ...args, '--quiet']);
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await refused('other.csv', '--resume', 'net'), /^layerlens: other\.csv: these aren't the samples that net was /);
  // The same features and the same classes, but two labels exchanged.
  const lines = Array.from({ length: 20 }, (_, i) => `${i % 7},${i % 3},${i % 2 ? 'odd' : 'even'}`);
  writeFileSync(join(folder, 'labels.csv'), lines.join('\n'));
  await train('labels.csv', '--epochs', '1', '--out', 'of labels');
  const exchanged = [lines[0].replace('even', 'odd'), lines[1].replace('odd', 'even'), ...lines.slice(2)];
  writeFileSync(join(folder, 'labels.csv'), exchanged.join('\n'));
  assert.match(await refused('labels.csv', '--resume', 'of labels'), /^layerlens: labels\.csv: these aren't the samples that of labels was /);
  assert.match(await refused('--resume', 'net', '--epochs', '1'), /^layerlens: 8 iterations are done already, more than the 4/);
  writeFileSync(join(folder, 'junk'), 'junk');
  assert.match(await refused('--resume', 'junk'), /^layerlens: junk: /);
});
