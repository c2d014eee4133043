import type { ExportOptions, Inspection, InspectLimits } from '@holdfast/core/inspect';
import { excelInspector } from '../src/index.js';

/** What an inspection gave, and the CSV of each sheet by its name. */
export interface Inspected {
  readonly inspection: Inspection;
  readonly csv: Readonly<Record<string, string>>;
}

/** Inspects bytes with all exports. */
export async function inspected(
  bytes: Uint8Array,
  options: { readonly name?: string; readonly raw?: boolean; readonly limits?: InspectLimits } = {},
): Promise<Inspected> {
  const csv: Record<string, string> = {};
  let current = '';
  const exports: ExportOptions = {
    sink: {
      async begin({ name }) {
        current = name;
        csv[name] = '';
      },
      async write(piece) {
        csv[current] += Buffer.from(piece).toString();
      },
    },
    ...(options.raw === undefined ? {} : { raw: options.raw }),
  };
  const file = { name: options.name ?? 'data.xlsx', sizeBytes: bytes.length, content: { bytes } };
  const limits = options.limits === undefined ? {} : { limits: options.limits };
  const inspection = await excelInspector.inspect(file, { exports, ...limits });
  return { inspection, csv };
}
