// The Python that has NumPy.

import { execFileSync } from 'node:child_process';

/** Debian's NumPy belongs to Debian's Python, and another one may come first on the path. */
const found = ['python3', '/usr/bin/python3'].find((candidate) => {
  try {
    execFileSync(candidate, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** @returns {string} its command */
export function interpreter() {
  if (!found) throw new Error('this test needs Python with NumPy: run tools/setup test');
  return found;
}
