import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Change it with the generator: files of an older one are then made anew. */
const VERSION = 1;
export const SALES_ROWS = 2_000_000;
const CHUNK_ROWS = 20_000;

const HEADER = 'order_id,ordered_at,country,city,product,category,quantity,unit_price,discount,customer_id,channel\n';

const CITIES: readonly (readonly [country: string, city: string])[] = [
  ['DE', 'Berlin'],
  ['DE', 'München'],
  ['FR', 'Paris'],
  ['FR', 'Lyon'],
  ['GB', 'London'],
  ['GB', 'Leeds'],
  ['JP', '東京'],
  ['BR', 'São Paulo'],
  ['US', '"Portland, OR"'],
  ['US', '"Portland, ME"'],
  ['US', 'Chicago'],
  ['IN', 'Pune'],
];

/** Quoted fields, commas and doubled quotes within, as real exports have them. */
const PRODUCTS: readonly (readonly [name: string, category: string, cents: number])[] = [
  ['Kettle', 'kitchen', 3490],
  ['"Pan, 28 cm"', 'kitchen', 5990],
  ['"Monitor 27"""', 'office', 24900],
  ['Desk lamp', 'office', 4450],
  ['Headphones', 'audio', 12900],
  ['"Cable, 2 m"', 'audio', 990],
  ['Running shoes', 'sport', 9995],
  ['Yoga mat', 'sport', 2995],
  ['Backpack', 'travel', 7900],
  ['"Adapter, universal"', 'travel', 1999],
  ['Notebook', 'office', 349],
  ['Water bottle', 'sport', 1890],
];

const CHANNELS = ['web', 'app', 'store', 'phone'];
const DISCOUNTS = ['', '', '', '', '0.05', '0.1', '0.15', '0.25'];

/** UTF-8 bytes as a string of one-byte characters: text put together from such pieces is written without encoding it. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');
const CITY_TEXTS = CITIES.map(([country, city]) => bytes(`${country},${city}`));
const PRODUCT_TEXTS = PRODUCTS.map(([product, category]) => bytes(`${product},${category}`));
const PRICE_TEXTS = PRODUCTS.map(([, , cents]) => (cents / 100).toFixed(2));

/** Numbers of [0, 2^32) that are the same on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** A place in a list of `n`, early ones more often. */
const skewed = (value: number, n: number): number => Math.floor((value / 2 ** 32) * Math.sqrt(value / 2 ** 32) * n);

const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const DAY_TEXTS = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10));

function row(id: number, rows: number, next: () => number): string {
  const city = CITY_TEXTS[skewed(next(), CITIES.length)]!;
  const product = skewed(next(), PRODUCTS.length);
  const second = next() % 86_400;
  const day = DAY_TEXTS[Math.floor((id / rows) * 365)]!;
  const time = `${TWO[Math.floor(second / 3600)]!}:${TWO[Math.floor(second / 60) % 60]!}:${TWO[second % 60]!}`;
  const choice = next();
  const quantity = 1 + ((choice & 15) % 5);
  const discount = DISCOUNTS[(choice >>> 4) & 7]!;
  const channel = CHANNELS[(choice >>> 7) & 3]!;
  const customer = skewed(next(), 50_000);
  return `${id + 1},${day} ${time},${city},${PRODUCT_TEXTS[product]!},${quantity},${PRICE_TEXTS[product]!},${discount},${customer},${channel}\n`;
}

/**
 * The path of a CSV file of a year's orders, always the same one, made if it is not there.
 * @param onProgress - Called with the share that is written.
 * @param rows - How many orders.
 */
export function salesFile(folder: string, onProgress: (share: number) => void, rows = SALES_ROWS): string {
  const path = join(folder, `demo-sales-${VERSION}-${rows}.csv`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, 'w');
  try {
    writeSync(file, HEADER);
    const next = random(20250101);
    for (let first = 0; first < rows; first += CHUNK_ROWS) {
      let text = '';
      for (let id = first; id < Math.min(rows, first + CHUNK_ROWS); id++) text += row(id, rows, next);
      writeSync(file, Buffer.from(text, 'latin1'));
      onProgress(Math.min(1, (first + CHUNK_ROWS) / rows));
    }
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  return path;
}
