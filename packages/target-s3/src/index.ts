export { adapter, openS3 } from './open.js';
export type { S3Options } from './options.js';
export { probeCreateIfAbsent } from './probe.js';
export { openScratch, type S3Scratch } from './scratch.js';
