import { describeFaults } from './fault-laws.js';

describeFaults('backup with exports');
