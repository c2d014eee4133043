import { describeFaults } from './fault-laws.js';

describeFaults('verify');
describeFaults('mirror from');
describeFaults('mirror to');
