// Text of others in our messages.

/** A piece of a file as a message shows it: the start of it if it is long. @param {string} text */
export const quote = (text) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
