// Finishes the declarations that tsc wrote to dist/types: takes out what is internal, which its own `stripInternal` leaves in
// where the source is JavaScript, and writes them again for CommonJS.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const folder = 'dist/types';

/** @param {ts.ClassElement} member */
const isInternal = (member) =>
  member.name?.getText().startsWith('_') || ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');

/**
 * @param {string} name of the file
 * @param {string} text
 */
function strip(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const members = source.statements.filter(ts.isClassDeclaration).flatMap(({ members }) => [...members]);
  return members.filter(isInternal).reduceRight((rest, member) => {
    // Classes are made by a runtime, not by `new`.
    const instead = ts.isConstructorDeclaration(member) ? '\n    protected constructor();' : '';
    return rest.slice(0, member.getFullStart()) + instead + rest.slice(member.end);
  }, text);
}

/** @type {Map<string, string>} */
const files = new Map();
/** @param {string} name read, and with it those that it imports */
function add(name) {
  if (files.has(name)) return;
  const text = strip(name, readFileSync(`${folder}/${name}.d.ts`, 'utf8'));
  files.set(name, text);
  for (const [, imported] of text.matchAll(/['"]\.\/([\w-]+)\.js['"]/g)) add(imported);
}
add('index');
add('formats');
add('reference');
add('threads');
add('element');

for (const file of readdirSync(folder)) rmSync(`${folder}/${file}`);
for (const [name, text] of files) {
  writeFileSync(`${folder}/${name}.d.ts`, text);
  writeFileSync(`${folder}/${name}.d.cts`, text.replace(/(['"]\.\/[\w-]+)\.js(['"])/g, '$1.cjs$2'));
}
