/** Is this the name of an archive of arrays? */
export function isArchiveName(name: string): boolean {
  return /\.npz$/i.test(name);
}
