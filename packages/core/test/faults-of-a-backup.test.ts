import { describeFaults } from './fault-trials.js';

describeFaults('backup');
