import type { ContentInspector } from '@holdfast/core/inspect';

/** Knows workbooks. What reads them is loaded when there is one to read. */
export async function excel(): Promise<ContentInspector> {
  return (await import('@holdfast/inspect-excel')).excelInspector;
}

/** Every inspector this program has. */
export async function allInspectors(): Promise<readonly ContentInspector[]> {
  const [workbooks, { npyInspector }] = await Promise.all([excel(), import('@holdfast/inspect-npy')]);
  return [workbooks, npyInspector];
}
