// Text for a terminal.

/** Without what would move a terminal's cursor or colour its text: names in a file are anybody's. @param {string} text */
export const printable = (text) => text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ');

/** Names in a message, the first of them if they are many. @param {string[]} names */
export const list = (names) => names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
