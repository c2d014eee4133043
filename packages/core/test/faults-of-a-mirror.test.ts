import { describeFaults } from './fault-trials.js';

describeFaults('verify');
describeFaults('mirror from');
describeFaults('mirror to');
