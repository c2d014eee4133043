import type { ContentInspector } from '@holdfast/core/inspect';

/** Knows workbooks. What reads them is loaded when there is one to read. */
export async function excel(): Promise<ContentInspector> {
  return (await import('@holdfast/inspect-excel')).excelInspector;
}
