export { adapter } from './adapter.js';
export { openLocalFs } from './open.js';
export type { LocalFsMeans, LocalFsOptions } from './options.js';
