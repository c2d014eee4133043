export { adapter, openZip } from './open.js';
export type { ZipMeans, ZipOptions } from './options.js';
