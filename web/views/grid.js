// A matrix under the keyboard: one stop for Tab, and Shift with the arrow keys goes from cell to cell. The arrow keys alone are taken:
// ← and → step wherever the focus is, ↑ and ↓ change a number.

/** @typedef {{ row: number, column: number }} Place rows count values and, below each of them, its gradient */

const moves = /** @type {Record<string, [number, number] | undefined>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});

/** Where the cell stands that holds an element. @param {Element} element @returns {Place | undefined} */
export function placeOf(element) {
  const half = element.closest('.half');
  const cell = /** @type {HTMLTableCellElement | null | undefined} */ (half?.parentElement);
  if (!half || !cell) return undefined;
  const row = /** @type {HTMLTableRowElement} */ (cell.parentElement).sectionRowIndex;
  return { row: 2 * row + [...cell.querySelectorAll('.half')].indexOf(half), column: cell.cellIndex - 1 };
}

/** Moves the focus to a neighbour. @param {KeyboardEvent} event on a matrix */
export function moveFocus(event) {
  const move = moves[event.key];
  const from = placeOf(/** @type {Element} */ (event.target));
  const open = /** @type {Element} */ (event.target).matches('.open'); // there, the keys select text
  if (!event.shiftKey || !move || !from || open) return;
  event.preventDefault();
  event.stopPropagation();
  const [row, column] = [from.row + move[0], from.column + move[1]];
  const { tBodies } = /** @type {HTMLTableElement} */ (event.currentTarget);
  const cell = column < 0 ? undefined : tBodies[0].rows[row >> 1]?.cells[column + 1];
  const half = cell?.querySelectorAll('.half')[row & 1];
  /** @type {HTMLElement | null | undefined} */ (half?.querySelector('input') ?? half)?.focus();
}
