export { excelInspector } from './excel-inspector.js';
