export { npyInspector } from './npy-inspector.js';
