// Where the package runs, as far as the repository's own tools can tell; all.full.test.js tries the others.

import { cases } from './cases.js';
import { tryAll } from './table.js';

tryAll(cases.filter(({ quick }) => quick));
