import type { SourceSpec } from '@holdfast/core';
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

/** Those that a backup of these sources needs: none where nothing is to be looked into. */
export async function inspectorsFor(sources: readonly SourceSpec[]): Promise<readonly ContentInspector[]> {
  return sources.some((source) => source.exports !== undefined) ? allInspectors() : [];
}
