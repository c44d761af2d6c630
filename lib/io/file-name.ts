/** Ends of names that tell a compression, behind the format's own: `sales.csv.gz`. */
const CODECS: ReadonlySet<string> = new Set(['gz', 'gzip', 'zst', 'zstd', 'br', 'bz2', 'xz', 'lz4', 'sz', 'snappy', 'deflate']);

/** The last part of a path's name, lower case, that of a compression aside: `csv` of `a/b.csv.gz`; '' where there is none. */
export function extensionOf(path: string): string {
  const [name = '', ...parts] = path
    .slice(path.lastIndexOf('/') + 1)
    .toLowerCase()
    .split('.');
  const last = parts.at(-1) ?? '';
  // `.csv` is a hidden file without an extension.
  if (name === '' && parts.length < 2) return '';
  return CODECS.has(last) && parts.length > 1 ? parts.at(-2)! : last;
}
