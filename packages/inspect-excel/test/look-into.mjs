// A process of its own that looks into workbooks, and says what came of it and how much memory it took at most.
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { excelInspector } from '../dist/index.js';

const [what, ...paths] = process.argv.slice(2);
const files = paths.map((path) => ({ name: basename(path), sizeBytes: statSync(path).size, content: { path } }));
let exportedBytes = 0;
const sink = {
  begin: async () => undefined,
  write: async (piece) => {
    exportedBytes += piece.length;
  },
};
const result =
  what === 'compare'
    ? await excelInspector.compare(files[0], files[1])
    : await excelInspector.inspect(files[0], { exports: { sink } });
// In KiB, on each of the systems.
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ result, exportedBytes, maxRss: maxRSS * 1024 }));
