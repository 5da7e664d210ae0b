// What belongs to one tensor carries its name as `data-link`, wherever it is shown, and lights up together.

/**
 * The class of something of a tensor.
 * @param {{ linked: string | undefined }} page
 * @param {string} tensor
 */
export const linked = (page, tensor) => (page.linked === tensor ? 'linked' : '');
