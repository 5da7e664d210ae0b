// The verdict of the gradient check on one number.

import { html } from 'lit-html';

/** ✓ or ✗, in words for those who can't see it. @param {any} t @param {boolean} ok */
export const mark = (t, ok) =>
  html`<span class="mark ${ok ? 'right' : 'wrong'}" role="img" aria-label=${ok ? t.check.right : t.check.wrong}>${ok ? '✓' : '✗'}</span>`;
