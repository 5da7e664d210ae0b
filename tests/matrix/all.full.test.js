// Where the package runs: all environments.

import { cases } from './cases.js';
import { tryAll } from './table.js';

tryAll(cases, new URL('../../docs/where-it-runs.md', import.meta.url));
