// A backup in a process that ends itself, as `kill -9` does, when its n-th event is told, or when a step of the folder is about to be taken.
// Arguments: data, workbook, backup, state, the number of the event (0: none).
import { createBackup } from '../dist/index.js';

const [dataDir, excelFile, backupDir, stateDirectory, killAt] = process.argv.slice(2);
let events = 0;
const reporter = () => {
  events += 1;
  if (events === Number(killAt)) process.kill(process.pid, 'SIGKILL');
};
await createBackup(dataDir, excelFile, backupDir, { stateDirectory, reporter });
process.stdout.write(String(events));
