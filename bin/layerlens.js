#!/usr/bin/env node
// The command `layerlens`: what it is told, and the code that it ends with.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { explain } from './failure.js';
import { inspect } from './inspect.js';
import { optimizers } from './notes.js';
import { serve } from './page.js';
import { predict } from './predict.js';
import { ways } from './prepare.js';
import { IRIS } from './table.js';
import { EPOCHS, OUT, train } from './train.js';

// Beside dist/bin/, where this is bundled to.
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const site = fileURLToPath(new URL('../../site/', import.meta.url));

const USAGE = 2;

/**
 * @param {string} what
 * @param {(value: number) => boolean} fits
 * @returns {(text: string) => number}
 */
const number = (what, fits) => (text) => {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!fits(value)) throw new InvalidArgumentError(`It must be ${what}.`);
  return value;
};
const whole = (/** @type {number} */ least, /** @type {number} */ most) =>
  number(`a whole number from ${least} to ${most}`, (value) => Number.isInteger(value) && value >= least && value <= most);
const positive = whole(1, 2 ** 31);
const share = number('a number from 0 to below 1', (value) => value >= 0 && value < 1);
const rate = number('a number above 0', (value) => value > 0 && value < Infinity);
const rates = Object.entries(optimizers).map(([name, lr]) => `${name} ${lr}`).join(', ');
// Node takes an empty one for every interface.
const host = (/** @type {string} */ text) => {
  if (text.trim() === '') throw new InvalidArgumentError('It must be an address or a name.');
  return text;
};
const widths = (/** @type {string} */ text) => text.split(',').map(whole(1, 2 ** 20));

const delimiter = (/** @type {string} */ text) => {
  const value = text === 'tab' ? '\t' : text;
  if (value.length !== 1 || '\r\n"\ufeff'.includes(value)) throw new InvalidArgumentError('It must be one character, or tab.');
  return value;
};
const columnEnds = () =>
  new Option('--delimiter <character>', 'what separates columns (default: , ; tab or |)').argParser(delimiter);
const columnNames = () => new Option('--header', 'line 1 names the columns (default: if it has no numbers)');

const program = new Command('layerlens')
  .description('Trains small neural networks, asks them, looks into them, and shows how they learn.')
  .version(version)
  .configureHelp({ subcommandTerm: (command) => command.name() }) // each has a help of its own
  .addHelpText(
    'after',
    `
Exit codes:
  0    done
  1    a file that can't be used, or a run that failed
  2    wrong usage
  129  ended by SIGHUP: its terminal was closed
  130  ended by Ctrl+C
  143  ended by SIGTERM

Before training ends like that, it saves what it has learned.

Results go to standard output, everything else to standard error.`,
  );

program
  .command('train')
  .summary('train a network on a table or on images')
  .description('Trains a network of Affine layers to tell classes apart, and saves it as safetensors.')
  .argument('[data]', "a CSV or IDX file, gzipped or not; '-' is standard input; 'iris' is built in", IRIS)
  .argument('[labels]', 'the IDX file with the labels of an IDX file')
  .option('--label <column>', 'label column of a CSV file, by name or counted from 1 (default: the last)')
  .addOption(columnNames())
  .addOption(columnEnds())
  .addOption(new Option('--normalize <way>', 'scale of the features; default: bytes for IDX bytes, else columns').choices(ways))
  .option('--test <share>', 'share of each class to hold out for the test', share, 0.2)
  .addOption(new Option('--hidden <widths>', 'of the hidden layers, as 50 or 50,20').argParser(widths).default([50], '50'))
  .addOption(new Option('--activation <name>', 'after each hidden layer').choices(['sigmoid', 'relu']).default('sigmoid'))
  .addOption(new Option('--optimizer <name>', 'update rule').choices(Object.keys(optimizers)).default('adam'))
  .option('--lr <number>', `learning rate (default: ${rates})`, rate)
  .option('--epochs <number>', `how often to go through all samples (default: ${EPOCHS})`, positive)
  .option('--batch <number>', 'samples in a batch', positive, 32)
  .option('--seed <number>', 'of the first weights, the samples held out, and their order', whole(0, 2 ** 31), 1)
  .option('--out <file>', `where to save (default: ${OUT}, or the file that is resumed)`)
  .addOption(
    new Option('--resume <file>', 'go on with a saved network, as if it had not been interrupted').conflicts(
      ['normalize', 'test', 'hidden', 'activation', 'optimizer', 'batch', 'seed'], // they are in the file
    ),
  )
  .option('--json', 'the result as one line of JSON')
  .option('--quiet', 'nothing but the result')
  .action(train);

program
  .command('predict')
  .summary('the class of each row, by a saved network')
  .description('Prints the most probable class of each row and its probability, as CSV.')
  .argument('<network>', 'a safetensors file of layerlens')
  .argument('<data>', "a CSV or IDX file, gzipped or not; '-' is standard input")
  .argument('[labels]', 'the IDX file with the labels of an IDX file; where labels are there, the share of right answers is told')
  .addOption(columnNames())
  .addOption(columnEnds())
  .action(predict);

program
  .command('inspect')
  .summary('what a file of weights holds')
  .description('Prints the layers and the tensors of a file, with their shapes and statistics.')
  .argument('<file>', 'safetensors, npz or npy')
  .action(inspect);

program
  .command('page')
  .summary('serve the page that shows how layers learn')
  .description('Serves the page until Ctrl+C, and prints its address.')
  .option('--port <number>', '0 takes any free one', whole(0, 65_535), 5173)
  .option('--host <address>', 'to listen at; the default is for this machine only', host, '127.0.0.1')
  .action(async (options) => {
    const { address } = await serve(site, options);
    process.stdout.write(`${address}\n`);
    process.stderr.write('The page is served there; Ctrl+C ends it.\n');
  });

for (const command of [program, ...program.commands]) {
  command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'layerlens: ')) });
  command.exitOverride().showHelpAfterError(`(${command === program ? '' : 'layerlens '}${command.name()} --help shows how)`);
}

// A reader that has seen enough, such as `head`, is no failure; and what nobody reads of the rest is no reason to stop.
process.stdout.on('error', ({ code }) => process.exit(process.exitCode ?? (code === 'EPIPE' ? 0 : 1)));
process.stderr.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE; // it has said why itself
  } else {
    process.exitCode = 1;
    process.stderr.write(`layerlens: ${explain(error)}\n`);
    if (process.env.DEBUG) process.stderr.write(`${/** @type {Error} */ (error).stack}\n`);
  }
}
