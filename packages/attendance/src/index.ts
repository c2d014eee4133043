export { backupExcel, backupNpy, createBackup } from './backups.js';
export { consoleReporter, type Lines } from './console-reporter.js';
export type { AttendanceEvent, FileAction, Reporter } from './events.js';
export { exportCsv } from './export-csv.js';
export type {
  AskingOptions,
  BackupOptions,
  CommonOptions,
  CsvOptions,
  Question,
  RemoveOptions,
  RestoreOptions,
} from './options.js';
export { removeBackup } from './remove-backup.js';
export { restoreBackup, restoreExcel, restoreNpy } from './restores.js';
export {
  type BackupResult,
  type CommonResult,
  type CsvResult,
  type FileList,
  MAX_LISTED,
  type OtherPlace,
  type RemovalResult,
  type RestoreResult,
  type Skipped,
} from './results.js';
