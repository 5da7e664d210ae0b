// Does what a release needs, but the publishing: node tools/release-check.js. The tests hold the tarball to what it should be: they
// list its files, install it in an empty folder and run it there.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @param {string} message */
function fail(message) {
  console.error(`release-check: ${message}`);
  process.exit(1);
}

/** @param {string} file */
const read = (file) => readFileSync(file, 'utf8');

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  console.log(`release-check: ${program} ${args.join(' ')}`);
  try {
    execFileSync(program, args, { stdio: 'inherit' });
  } catch {
    fail(`${program} ${args.join(' ')} failed`);
  }
}

const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
if (changed) fail(`commit these first, or take them away:\n${changed.trimEnd()}`);

const { version } = JSON.parse(read('package.json'));
const locked = JSON.parse(read('package-lock.json')).packages[''].version;
if (locked !== version) fail(`package.json says ${version}, package-lock.json ${locked}: run npm install`);
const [, newest] = read('CHANGELOG.md').match(/^## (\S+)/m) ?? [];
if (newest !== version) fail(`package.json says ${version}, but CHANGELOG.md begins with ${newest}: name the release in both`);

// From nothing, since dist/ may hold what an earlier build left.
run('make', 'clean');
run('make', 'test');
run('make', 'test-package-full');
run('npm', 'publish', '--dry-run');

const left = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
if (left) fail(`the build changed files:\n${left.trimEnd()}`);
console.log(`release-check: ${version} can be published: git tag v${version} && npm publish`);
