// Bundles bin/ and the libraries that it uses into dist/bin/layerlens.js, with their licences beside it. layerlens itself isn't
// bundled: the command imports it by its name, as every package may import itself. Only how text is printed comes from js/.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { metafile } = await build({
  entryPoints: ['bin/layerlens.js'],
  outfile: 'dist/bin/layerlens.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['layerlens', 'layerlens/formats'],
  // Some of the libraries are CommonJS, and require modules of Node.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  mainFields: ['module', 'main'], // what isn't used of an ES module is left out
  minify: true,
  legalComments: 'none', // they are in the file of licences
  metafile: true,
});

const withinPackage = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const folders = Object.keys(metafile.inputs).flatMap((path) => path.match(withinPackage)?.[0] ?? []);
const licences = [...new Set(folders)].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!file) throw new Error(`${name}: no file with its licence (${license}) was found`);
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
});
writeFileSync('dist/bin/licenses.txt', licences.join(`\n${'-'.repeat(80)}\n\n`));
