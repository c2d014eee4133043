/** A target address taken apart: `scheme:` and what the adapter makes of the rest. */
export interface TargetAddress {
  /** Lower case: `file`, `zip`, `s3`, or whatever an installed adapter handles. */
  readonly scheme: string;
  /** The rest, literally (no percent-decoding): a path for `file` and `zip`, `bucket/prefix` for `s3`. */
  readonly location: string;
}

/** A scheme has two letters at least, so that `C:\backups` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(.*)$/is;

/**
 * Reads an address. A bare path means `file:`; a bare path that ends with `.zip` is one archive; `file:` and `zip:` take
 * absolute and relative paths, with or without `//`.
 */
export function parseAddress(address: string): TargetAddress {
  const match = SCHEME.exec(address);
  if (match === null) return { scheme: /\.zip$/i.test(address) ? 'zip' : 'file', location: address };
  const [, scheme = '', rest = ''] = match;
  return { scheme: scheme.toLowerCase(), location: rest.startsWith('//') ? rest.slice(2) : rest };
}
