import { displayName } from '../snapshot/display-name.js';
import type { SnapshotPayload } from '../snapshot/index.js';

/** The head of RESTORE.txt: how to get everything back without this program. */
export function restoreText(payload: SnapshotPayload): string {
  const sources = payload.sources.map((source) => `    ${displayName(source.name)}   from ${displayName(source.path)}`);
  const { files, bytes, exports, exportBytes = 0 } = payload.counts;
  const exported =
    exports === undefined
      ? ''
      : `\n    exports   ${exports} (${exportBytes} bytes), made from what is in the files, which are here too`;
  return `This folder is a snapshot made by Holdfast: ordinary files under their own names.

    snapshot  ${payload.id}
    taken     ${payload.createdAt}
    on        ${displayName(payload.host)} by ${displayName(payload.user)}
    files     ${files} (${bytes} bytes)${exported}
${sources.join('\n')}

To get files back without Holdfast, copy them: with cp, with a file manager, with unzip,
with any S3 client. Nothing here is packed, encrypted or renamed, but for the aliases below.

To check them:   sha256sum -c .holdfast/SHA256SUMS      (in this folder)

.holdfast/manifest.jsonl has one line of JSON for each file, folder and symlink: its path, mode,
time (nanoseconds since 1970), size and SHA-256. Stored files are read-only: the mode they had is
in the manifest, and so are symlinks and empty folders where this place cannot keep them.

With Holdfast:   holdfast restore --from <this place> --into <a new folder>
`;
}

/** Stands before the first alias. */
export const ALIAS_HEADING = `
These names cannot be used in this place (not UTF-8, too long, reserved, or equal to another one
but for case). Their bytes are stored under the name on the left:

`;

/** One alias. */
export function aliasLine(key: string, path: string, pathBytes: string | undefined): string {
  const bytes = pathBytes === undefined ? '' : `   (bytes in base64: ${pathBytes})`;
  return `${key}\n    ${displayName(path)}${bytes}\n`;
}
