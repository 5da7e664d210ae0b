// make release-check stops before it builds anything where the tree isn't one to release.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../tools/release-check.js', import.meta.url));

/** Runs the check in a repository of its own with these files committed and, where `loose` is there, one that isn't. */
function check(t, { locked = '1.2.0', changelog = '# Changelog\n\n## 1.2.0 – today\n', loose = false, failing = '' }) {
  const folder = mkdtempSync(join(tmpdir(), 'layerlens-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = {
    'package.json': JSON.stringify({ name: 'example', version: '1.2.0', private: true }),
    'package-lock.json': JSON.stringify({ packages: { '': { version: locked } } }),
    'CHANGELOG.md': changelog,
    // Each door says its name, and nothing is built.
    Makefile: `.PHONY: clean test test-package-full\nclean test test-package-full:\n\t@test $@ != "${failing}" && echo door $@\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', [...author, ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  if (loose) writeFileSync(join(folder, 'loose.txt'), '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' });
  return { status, doors: [...stdout.matchAll(/^door (.*)$/gm)].map(([, door]) => door), stdout, stderr };
}

for (const [title, files, message] of /** @type {const} */ ([
  ['a file that is not committed', { loose: true }, 'release-check: commit these first, or take them away:\n?? loose.txt\n'],
  [
    'a changelog without the version',
    { changelog: '# Changelog\n\n## Unreleased\n\n## 1.1.0\n' },
    'package.json says 1.2.0, but CHANGELOG.md begins with Unreleased',
  ],
  ['another version in the lock file', { locked: '1.1.0' }, 'package.json says 1.2.0, package-lock.json 1.1.0'],
])) {
  test(`it stops at ${title}`, (t) => {
    const { status, doors, stderr } = check(t, files);
    assert.deepEqual([status, doors], [1, []]);
    assert.ok(stderr.includes(message), stderr);
  });
}

test('it stops where a test fails', (t) => {
  const { status, doors, stderr } = check(t, { failing: 'test' });
  assert.deepEqual([status, doors], [1, ['clean']]);
  assert.match(stderr, /^release-check: make test failed$/m);
});

test('where all is well it builds anew, runs all tests, and has npm try', (t) => {
  const { status, doors, stdout, stderr } = check(t, {});
  assert.deepEqual([status, doors], [0, ['clean', 'test', 'test-package-full']], stderr);
  assert.match(stdout, /^release-check: npm publish --dry-run$[^]*^release-check: 1\.2\.0 can be published: /m);
});
