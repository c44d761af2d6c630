import { suite as uvuSuite } from 'uvu';

const TIMEOUT_MS = 30_000;

export type TestBody = () => void | Promise<void>;

export interface Suite {
  (name: string, body: TestBody, options?: { timeoutMs?: number }): void;
  /** Counts as skipped; the body is never run. */
  skip(name: string, body?: TestBody): void;
  /** The test where `condition` holds, a skipped one elsewhere (a missing corpus, a missing tool). */
  when(condition: boolean): (name: string, body: TestBody, options?: { timeoutMs?: number }) => void;
  before(hook: TestBody): void;
  after(hook: TestBody): void;
  run(): void;
}

/** A uvu suite whose tests end in time: uvu itself would wait for ever on a promise that nobody settles. */
export function suite(name: string): Suite {
  const inner = uvuSuite(name);
  const define = (title: string, body: TestBody, options: { timeoutMs?: number } = {}): void => {
    inner(title, () => withTimeout(title, options.timeoutMs ?? TIMEOUT_MS, body));
  };
  const skip = (title: string, body: TestBody = () => {}): void => {
    inner.skip(title, body);
  };
  return Object.assign(define, {
    skip,
    when: (condition: boolean) => (condition ? define : (title: string, body: TestBody) => skip(title, body)),
    before: (hook: TestBody) => inner.before(hook),
    after: (hook: TestBody) => inner.after(hook),
    run: () => inner.run(),
  });
}

async function withTimeout(title: string, timeoutMs: number, body: TestBody): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${title}" did not end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}
