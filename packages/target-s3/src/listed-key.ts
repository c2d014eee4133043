/** Characters that form encoding (`+` for a space) escapes and path encoding leaves as they are, and the signs of each. */
const PATH_ENCODING = /%20|[$&,:;=@]/;
const FORM_ENCODING = /%2B/i;

/**
 * In listings with `encoding-type=url`, Amazon and MinIO write a space as `+` and a plus as `%2B`; Ceph and Garage escape both;
 * SeaweedFS writes a space as `%20` and leaves `+` as it is. What do these encoded names show?
 *
 * @returns undefined if they show nothing
 */
export function plusIsSpaceIn(encoded: Iterable<string>): boolean | undefined {
  for (const name of encoded) {
    if (FORM_ENCODING.test(name)) return true;
    if (PATH_ENCODING.test(name)) return false;
  }
  return undefined;
}

/** A name as a listing with `encoding-type=url` has it, read. A `%` that begins no escape is left, for some stores escape nothing. */
export function decodeListed(encoded: string, plusIsSpace: boolean): string {
  const spaced = plusIsSpace ? encoded.replaceAll('+', ' ') : encoded;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The value of `x-amz-copy-source`: every byte escaped but letters, digits and `-_.~/`, which all servers read alike. */
export function encodeCopySource(bucket: string, name: string): string {
  const strict = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return [bucket, ...name.split('/')].map(strict).join('/');
}
