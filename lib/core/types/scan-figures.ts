/**
 * What a scan read and what it could leave out, and why: counts in this order. `pagesRead` were decompressed; `pagesPassed` were not, of columns that were loaded: no row in them was left; `pagesByIndex` were ruled out by the
 * page index, row groups by their statistics, Bloom filters, page indexes, dictionaries.
 */
export const SCAN_FIGURES = [
  'pagesRead',
  'pagesPassed',
  'pagesByIndex',
  'groupsByStatistics',
  'groupsByBloom',
  'groupsByIndex',
  'groupsByDictionary',
] as const;

export type ScanFigure = (typeof SCAN_FIGURES)[number];
export type ScanFigures = { [F in ScanFigure]: number };

export function noFigures(): ScanFigures {
  return {
    pagesRead: 0,
    pagesPassed: 0,
    pagesByIndex: 0,
    groupsByStatistics: 0,
    groupsByBloom: 0,
    groupsByIndex: 0,
    groupsByDictionary: 0,
  };
}

/** For EXPLAIN ANALYZE: `, 12 pages read, skipped: 3 row groups (2 statistics, 1 dictionary), 5 pages (page index)`; nothing where nothing is known. */
export function figuresText(figures: ScanFigures): string {
  const groups = reasons([
    [figures.groupsByStatistics, 'statistics'],
    [figures.groupsByBloom, 'Bloom filter'],
    [figures.groupsByIndex, 'page index'],
    [figures.groupsByDictionary, 'dictionary'],
  ]);
  const pages = reasons([
    [figures.pagesByIndex, 'page index'],
    [figures.pagesPassed, 'no row left'],
  ]);
  const skipped = [groups && `row groups by ${groups}`, pages && `pages by ${pages}`].filter((text) => text !== '');
  return `${figures.pagesRead > 0 ? `, ${figures.pagesRead} pages read` : ''}${skipped.length > 0 ? `, skipped ${skipped.join('; ')}` : ''}`;
}

function reasons(counts: readonly (readonly [number, string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, reason]) => `${reason} ${count}`)
    .join(', ');
}
