/**
 * One line for GNU `sha256sum -c`. A name with a backslash, a newline or a carriage return is written in the escaped form:
 * a leading backslash on the line, and `\\`, `\n`, `\r` in the name (coreutils manual, "md5sum invocation"). A lone `-` would be
 * its standard input.
 */
export function sha256sumLine(sha256: string, key: string): string {
  if (!/[\\\n\r]/.test(key)) return `${sha256}  ${key === '-' ? './-' : key}\n`;
  const escaped = key.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `\\${sha256}  ${escaped}\n`;
}
