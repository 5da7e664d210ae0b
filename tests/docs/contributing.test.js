// CONTRIBUTING.md fits the files that it changes; contributing.full.test.js makes the changes, builds, and runs the tests.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { apply, editsIn } from './steps.js';

const root = new URL('../../', import.meta.url);
const markdown = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');

test('each block of code is a step, or a door that exists', () => {
  const languages = [...markdown.matchAll(/^```(\w+)$/gm)].map(([, language]) => language);
  assert.deepEqual([...new Set(languages)].sort(), ['c', 'diff', 'sh']);
  const makefile = readFileSync(new URL('Makefile', root), 'utf8');
  for (const [, door] of markdown.matchAll(/\bmake ([a-z-]+)/g)) assert.match(makefile, new RegExp(`^${door}:`, 'm'));
});

test('each change has its place, once', () => {
  const edits = editsIn(markdown);
  assert.ok(edits.length > 15, `${edits.length} edits`);
  for (const edit of edits) {
    if (edit.find === '') assert.ok(!existsSync(new URL(edit.path, root)), `${edit.path} is there already`);
    else apply(readFileSync(new URL(edit.path, root), 'utf8'), edit);
  }
});
