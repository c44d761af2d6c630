// One process under fire: node child.js FORMAT SEED FIRST COUNT. Says over its IPC channel where it is and what went wrong; the parent watches.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, QueryError, ResourceError, Session, type DataFrame } from '../../lib/index.js';
import { seededRandom, type Random } from '../support/random.js';
import { FORMATS } from './formats.js';
import { mutate, type Seed } from './mutate.js';

export interface Report {
  /** The mutant that is about to be read. */
  readonly at: number;
  readonly failure?: string;
}

/** Milliseconds of all threads' time: other processes do not count. */
const CPU_MS_MAX = 2000;
const MORE_BYTES_MAX = 256 * 1024 * 1024;
/** A good file is read after so many bad ones. */
const GOOD_EVERY = 250;

const [formatName, seedText, firstText, countText] = process.argv.slice(2);
const [seed, first, count] = [Number(seedText), Number(firstText), Number(countText)];
const format = FORMATS.find(({ name }) => name === formatName)!;
const say = (report: Report): void => void process.send!(report);

function quietRandom(of: number): Random {
  const { log } = console;
  console.log = () => {};
  try {
    return seededRandom('', of);
  } finally {
    console.log = log;
  }
}

/** Everything; the number of rows; the rows of a condition that files may answer without reading. */
async function read(df: DataFrame, how: number): Promise<void> {
  if (how === 0) await df.collect();
  else if (how === 1) await df.count();
  else {
    const [name] = df.columns;
    if (name !== undefined) await df.filter(`\`${name.replaceAll('`', '``')}\` IS NOT NULL`).collect();
  }
}

async function attempt(session: Session, path: string, how: number): Promise<string | undefined> {
  const before = process.cpuUsage();
  try {
    await read(session.read.format(format.name).load(path), how);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof QueryError || error instanceof ResourceError))
      return `not an error of ours: ${error instanceof Error ? error.stack : String(error)}`;
    if (/undefined|\[object|NaN/.test(error.message)) return `a message that says nothing: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  return ms > CPU_MS_MAX ? `took ${Math.round(ms)} ms` : undefined;
}

async function goodFile(session: Session, { name, bytes }: Seed, folder: string): Promise<string | undefined> {
  const path = join(folder, `good.${format.extension}`);
  writeFileSync(path, bytes);
  try {
    await session.read.format(format.name).load(path).collect();
    return undefined;
  } catch (error) {
    return `the next query fails on the good file ${name}: ${String(error)}`;
  } finally {
    rmSync(path);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'quern-fuzz-'));
const session = await Session.create({ workers: 0, memory: '512m' });
try {
  const seeds = await format.seeds(session, folder);
  const readable: Seed[] = [];
  for (const candidate of seeds) if ((await goodFile(session, candidate, folder)) === undefined) readable.push(candidate);
  const idle = process.memoryUsage.rss();
  for (let at = first; at < first + count; at++) {
    say({ at });
    const random = quietRandom(seed + at);
    const bytes = mutate(random, random.pick(seeds), seeds, format.shape);
    const path = join(folder, `${at}.${format.extension}`);
    writeFileSync(path, bytes);
    let failure = await attempt(session, path, random.below(3));
    if (failure === undefined && process.memoryUsage.rss() > idle + MORE_BYTES_MAX)
      failure = `${Math.round((process.memoryUsage.rss() - idle) / 2 ** 20)} MiB more memory than idle`;
    if (failure === undefined && at % GOOD_EVERY === 0) failure = await goodFile(session, random.pick(readable), folder);
    rmSync(path);
    if (failure !== undefined) {
      say({ at, failure });
      // Memory does not come back: a fresh process goes on behind this one.
      break;
    }
  }
} finally {
  await session.close();
  rmSync(folder, { recursive: true, force: true });
}
process.disconnect();
