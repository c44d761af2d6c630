import { readdirSync } from 'node:fs';

const SETTLE_MS = 2_000;
const STEP_MS = 20;

interface Held {
  readonly handles: number;
  readonly files: number;
}

function held(): Held {
  // Streams of the process itself open lazily and are no leak.
  const own = new Set(['TTYWrap', 'PipeWrap', 'Timeout', 'Immediate']);
  const handles = process.getActiveResourcesInfo().filter((kind) => !own.has(kind)).length;
  return { handles, files: openFiles() };
}

/** Open file descriptors of this process; 0 where the system does not tell. */
function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** Runs `body` and fails when it leaves threads, handles or open files behind. */
export async function expectNoLeaks(body: () => Promise<void>): Promise<void> {
  const before = held();
  await body();
  let after = held();
  // Threads and files close a moment after the call that asks for it.
  for (let waited = 0; grew(before, after) && waited < SETTLE_MS; waited += STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    after = held();
  }
  if (grew(before, after)) {
    const kinds = process.getActiveResourcesInfo().join(', ');
    throw new Error(
      `Leaked: handles ${before.handles} → ${after.handles}, open files ${before.files} → ${after.files}. Active: ${kinds}`,
    );
  }
}

const grew = (before: Held, after: Held): boolean => after.handles > before.handles || after.files > before.files;
