// What the page's gradient check says.

/** @param {import('playwright-core').Page} page */
export function checkOf(page) {
  return page.evaluate(() => {
    const text = (/** @type {Element | null} */ element) => element?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
    const lines = [...document.querySelectorAll('.check tbody tr')].map((line) => ({
      ref: text(line.querySelector('th')),
      cells: [...line.querySelectorAll('td')].map(text),
      verdict: /** @type {HTMLElement} */ (line).dataset.check,
    }));
    /** The marks beside the numbers on the board. @type {Record<string, string>} */
    const marks = {};
    for (const mark of document.querySelectorAll('.board .mark')) {
      marks[/** @type {HTMLElement} */ (mark.previousElementSibling).dataset.ref ?? ''] = text(mark);
    }
    return { lines, marks, summary: text(document.querySelector('.check p')) };
  });
}
