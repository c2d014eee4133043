export { adapter, openLocalFs } from './open.js';
export type { LocalFsMeans, LocalFsOptions } from './options.js';
