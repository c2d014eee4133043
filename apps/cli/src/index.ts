export { EXIT, type ExitStatus } from './exit-status.js';
export { main } from './main.js';
