import { existsSync, promises as fs, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file or directory that takes its place; what is there goes to `aside`. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly aside?: string;
}

const JOURNAL = 'commit.json';

/** Makes directories' entries last. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await fs.open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems know no such thing.
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Makes moves that count all together: from the moment that the journal is in its place they will all be made, by this process or by whoever finds it. A single move needs
 * none: the system makes it whole.
 */
export async function commitMoves(staging: string, moves: readonly Move[]): Promise<void> {
  const [only] = moves;
  if (moves.length === 1 && only!.aside === undefined) {
    await fs.rename(only!.from, only!.to);
  } else if (moves.length > 0) {
    await writeJournal(staging, moves);
    await syncDirectory(staging);
    for (let i = 0; i < moves.length; i++) {
      makeMove(moves[i]!);
      if (i % MOVES_A_TURN === MOVES_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  for (const directory of new Set(moves.map(({ to }) => dirname(to)))) await syncDirectory(directory);
}

/** A move takes some µs, and nothing should come between the two renames of one. */
const MOVES_A_TURN = 64;

async function writeJournal(staging: string, moves: readonly Move[]): Promise<void> {
  const path = join(staging, JOURNAL);
  const handle = await fs.open(`${path}.tmp`, 'wx');
  try {
    await handle.writeFile(JSON.stringify({ version: 1, moves }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(`${path}.tmp`, path);
}

/** Both renames of a move follow each other at once: between them there is nothing in the place. Making a move again changes nothing. */
function makeMove({ from, to, aside }: Move): void {
  if (!existsSync(from)) return;
  if (aside !== undefined && !existsSync(aside)) {
    try {
      renameSync(to, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  renameSync(from, to);
}

/** Makes the moves that a journal tells, where there is one. */
export function rollForward(staging: string): void {
  let text: string;
  try {
    text = readFileSync(join(staging, JOURNAL), 'utf8');
  } catch {
    return;
  }
  const { moves } = JSON.parse(text) as { readonly moves: readonly Move[] };
  for (const move of moves) makeMove(move);
}
