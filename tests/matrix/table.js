// Tries cases, and prints a table of what was seen.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { pack } from '../package/install.js';
import { inProject, tool } from './project.js';

/**
 * @param {import('./cases.js').Case[]} cases
 * @param {URL} [file] that gets the table, too
 */
export function tryAll(cases, file) {
  /** @type {string} */
  let folder;
  /** @type {string} */
  let tarball;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerlens-'));
    ({ tarball } = await pack(folder));
  });

  const rows = [['environment', 'version', '', 'tried']];
  for (const { environment, tool: name, tried, run } of cases) {
    const version = name && tool(name).version;
    test(`${[environment, version].join(' ').trim()}: ${tried}`, async () => {
      const row = [environment, version ?? '', '✗', tried];
      rows.push(row);
      const found = await inProject(tarball, run);
      row.splice(1, 2, version ?? String(found), '✓');
    });
  }

  after(async () => {
    await rm(folder, { recursive: true });
    const widths = rows[0].map((_, j) => Math.max(...rows.map((row) => row[j].length)));
    const [head, ...body] = rows.map((row) => `| ${row.map((cell, j) => cell.padEnd(widths[j])).join(' | ')} |`);
    const table = [head, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body].join('\n');
    console.log(table);
    if (file) await writeFile(file, `${introduction}\n${table}\n`);
  });
}

const introduction = `# Where it runs

Made by \`make test-package-full\`, with the newest of each version on the day. In each environment the packed package was installed in a
fresh project, with default settings: a network learns XOR, goes through a file, and has its gradients checked. Builds give no
warnings, pages have no failed requests and no errors on the console.
`;
