// What was measured, and its tables.

import { columns } from './columns.js';
import { flop as peakFlop } from './peers/peak.js';
import { duration, percent, table, times } from './table.js';

/** @typedef {import('./measure.js').Outcome} Outcome */
/** @typedef {import('./rows.js').Row} Row */

/** Its kernels on one thread, which the others are compared with. */
const own = ['simd', 'relaxed'];
const peakOf = { simd: 'peakSimd', relaxed: 'peakRelaxed' };

export class Results {
  /** By group and name of the row. @type {Map<string, { row: Row, outcomes: Map<string, Outcome> }>} */
  #rows = new Map();
  /** Milliseconds from import to the first result, and bytes to download, by what is loaded. @type {Record<string, number>} */
  first = {};
  /** @type {Record<string, number>} */
  download = {};

  /** @param {Row} row @param {Map<string, Outcome>} outcomes */
  add(row, outcomes) {
    this.#rows.set(`${row.group} ${row.name}`, { row, outcomes });
  }

  /** Milliseconds. @param {string} name group and name of a row @param {string} column @returns {number | undefined} */
  time(name, column) {
    return this.#rows.get(name)?.outcomes.get(column)?.time;
  }

  /** How many times as long as `mine` a column takes. @param {string} name @param {string} column */
  ratio(name, column, mine = this.fastest) {
    const [theirs, ours] = [this.time(name, column), this.time(name, mine)];
    return theirs === undefined || ours === undefined ? undefined : theirs / ours;
  }

  /** The share of the peak of the variant's own instructions. @param {string} name @param {string} column */
  share(name, column) {
    const [rate, peak] = [this.#rate(name, column), this.#peak(name, column)];
    return rate === undefined || peak === undefined ? undefined : rate / peak;
  }

  /** The variant that `load()` takes. */
  get fastest() {
    return [...this.#rows.values()].some(({ outcomes }) => outcomes.has('relaxed')) ? 'relaxed' : 'simd';
  }

  /** The tables of a group of rows, in Markdown. @param {string} group */
  tables(group) {
    const rows = [...this.#rows.values()].filter(({ row }) => row.group === group);
    const shown = columns.filter(({ id, unchecked }) => !unchecked && rows.some(({ outcomes }) => outcomes.has(id)));
    const cells = ({ row, outcomes }) => shown.map(({ id }) => this.#cell(`${group} ${row.name}`, id, outcomes.get(id)));
    const lines = rows.map((line) => [line.row.name, ...cells(line)]);
    const tables = [table([[group, ...shown.map(({ title }) => title)], ...lines])];
    if (rows.some(({ row }) => row.flop)) tables.push(this.#rates(group, rows.map(({ row }) => row), shown));
    return tables.join('\n\n');
  }

  /** What was wrong, as text. */
  get complaints() {
    const titleOf = (/** @type {string} */ id) => columns.find((column) => column.id === id)?.title;
    return [...this.#rows].flatMap(([name, { outcomes }]) =>
      [...outcomes].flatMap(([id, { wrong }]) => (wrong ? `${name}, ${titleOf(id)}: ${wrong}` : [])),
    );
  }

  /** A time and, behind a peer's, how many times as long it is as those of this library. */
  #cell(/** @type {string} */ name, /** @type {string} */ id, /** @type {Outcome | undefined} */ outcome) {
    if (!outcome) return undefined;
    if (outcome.time === undefined) return 'wrong';
    if (own.includes(id) || id === 'threads') return duration(outcome.time);
    const ratios = own.map((mine) => this.ratio(name, id, mine)).map((ratio) => (ratio ? times(ratio) : '–').padStart(4));
    return `${duration(outcome.time)} ${ratios.join(' ')}`;
  }

  #rates(/** @type {string} */ group, /** @type {Row[]} */ rows, /** @type {typeof columns} */ shown) {
    const head = shown.flatMap(({ id, title }) => (own.includes(id) ? [title, 'of peak'] : [title]));
    const lines = rows.map(({ name }) =>
      shown.flatMap(({ id }) => {
        const rate = this.#rate(`${group} ${name}`, id)?.toFixed(1);
        const share = own.includes(id) ? this.share(`${group} ${name}`, id) : undefined;
        return own.includes(id) ? [rate, share === undefined ? undefined : percent(share)] : [rate];
      }),
    );
    return table([[`${group}, GFLOP/s`, ...head], ...lines.map((line, i) => [rows[i].name, ...line])]);
  }

  /** GFLOP/s. */
  #rate(/** @type {string} */ name, /** @type {string} */ column) {
    const [flop, time] = [this.#rows.get(name)?.row.flop, this.time(name, column)];
    return flop === undefined || time === undefined ? undefined : flop / time / 1e6;
  }

  /** GFLOP/s that multiplications and additions alone reach, measured in turns with the row. */
  #peak(/** @type {string} */ name, /** @type {string} */ column) {
    const time = this.time(name, peakOf[column]);
    return time === undefined ? undefined : peakFlop / time / 1e6;
  }

  /** The range of the peaks over all rows, GFLOP/s. @param {'simd' | 'relaxed'} variant */
  peaks(variant) {
    const peaks = [...this.#rows.keys()].map((name) => this.#peak(name, variant)).filter((peak) => peak !== undefined);
    return peaks.length ? { least: Math.min(...peaks), most: Math.max(...peaks) } : undefined;
  }
}
