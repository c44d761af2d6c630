import { Worker } from 'node:worker_threads';
import * as assert from 'uvu/assert';
import { ARENA_HEADER, ARENA_HINT } from '../../lib/memory/arena-layout.js';
import { createArena } from '../../lib/memory/arena.js';
import type { Arena } from '../../lib/memory/arena.js';
import { FIRST_PAGE, PAGE_BYTES, ZEROS, ZEROS_BYTES } from '../../lib/memory/layout.js';
import { suite } from '../support/suite.js';

const test = suite('arena');
const MiB = 1024 * 1024;
const FIRST = FIRST_PAGE * PAGE_BYTES;

function withArena(budget: number, body: (arena: Arena) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const arena = createArena({ budget });
    try {
      await body(arena);
    } finally {
      arena.close();
    }
  };
}

test(
  'lowest pages first, spans contiguous, what is freed is used again',
  withArena(64 * MiB, (arena) => {
    const pages = arena.pageSource(arena.openDomain('query'), 1);
    const a = pages.allocate(1);
    const b = pages.allocate(3 * PAGE_BYTES);
    const c = pages.allocate(PAGE_BYTES);
    assert.equal([a, b, c], [FIRST, FIRST + PAGE_BYTES, FIRST + 4 * PAGE_BYTES]);
    pages.free(b, 3 * PAGE_BYTES);
    assert.is(pages.allocate(4 * PAGE_BYTES), FIRST + 5 * PAGE_BYTES, 'no hole is large enough');
    assert.is(pages.allocate(2 * PAGE_BYTES), b);
    assert.is(pages.allocate(PAGE_BYTES), b + 2 * PAGE_BYTES);
    assert.is(pages.heldBytes, 9 * PAGE_BYTES);
  }),
);

test(
  'zeroed spans are zero',
  withArena(64 * MiB, (arena) => {
    const pages = arena.pageSource(arena.openDomain('query'), 1);
    const a = pages.allocate(PAGE_BYTES);
    arena.views.u8.fill(7, a, a + PAGE_BYTES);
    pages.free(a, PAGE_BYTES);
    assert.is(pages.allocate(PAGE_BYTES, true), a);
    assert.ok(arena.views.u8.subarray(a, a + PAGE_BYTES).every((byte) => byte === 0));
    assert.ok(arena.views.u8.subarray(ZEROS, ZEROS + ZEROS_BYTES).every((byte) => byte === 0));
  }),
);

test(
  'a sweep frees what a worker held privately, in every domain, and nothing else',
  withArena(64 * MiB, (arena) => {
    const [one, two] = [arena.openDomain('query'), arena.openDomain('cache')];
    const dead = arena.pageSource(one, 3);
    dead.allocate(2 * PAGE_BYTES);
    dead.publish();
    dead.allocate(5 * PAGE_BYTES);
    arena.pageSource(two, 3).allocate(PAGE_BYTES);
    arena.pageSource(one, 4).allocate(PAGE_BYTES);
    arena.enter(3, one);
    assert.is(arena.sweep(3), 6);
    assert.equal(arena.usage().domains, [{ id: one, kind: 'query', used: 3 * PAGE_BYTES }]);
    assert.ok(arena.endDomain(one), 'the sweep takes the dead out of their domain');
    dead.release();
    assert.is(arena.usage().used, 0);
  }),
);

test(
  'a domain does not end while somebody is inside',
  withArena(64 * MiB, (arena) => {
    const domain = arena.openDomain('query');
    arena.pageSource(domain, 1).allocate(PAGE_BYTES);
    arena.enter(2, domain);
    assert.not.ok(arena.endDomain(domain));
    assert.is(arena.usage().used, PAGE_BYTES);
    arena.leave(2);
    assert.ok(arena.endDomain(domain));
    assert.ok(arena.endDomain(domain), 'twice is once');
    assert.is(arena.usage().used, 0);
  }),
);

test(
  'giving back after the domain ended touches no other owner',
  withArena(64 * MiB, (arena) => {
    const domain = arena.openDomain('query');
    const late = arena.pageSource(domain, 1);
    const page = late.allocate(PAGE_BYTES);
    arena.endDomain(domain);
    const next = arena.pageSource(arena.openDomain('query'), 1);
    assert.is(next.allocate(PAGE_BYTES), page);
    late.release();
    assert.is(arena.usage().used, PAGE_BYTES);
  }),
);

test(
  'over budget is an error with what to do, and nothing is charged',
  withArena(MiB, (arena) => {
    const pages = arena.pageSource(arena.openDomain('query'), 1);
    pages.allocate(10 * PAGE_BYTES);
    assert.throws(
      () => pages.allocate(7 * PAGE_BYTES),
      (error: Error) =>
        error.name === 'ResourceError' &&
        error.message ===
          'The memory budget of 1 MiB is used up: asked for 448 KiB, free are 384 KiB. Set a larger `memory` option, unpersist cached DataFrames, or run fewer queries at once.',
    );
    pages.allocate(6 * PAGE_BYTES);
    const { used, peak, budget, kinds } = arena.usage();
    assert.equal({ used, peak, budget }, { used: MiB, peak: MiB, budget: MiB });
    assert.equal(kinds.query, { used: MiB, peak: MiB });
    pages.release();
    assert.is(arena.usage().used, 0);
    assert.is(arena.usage().peak, MiB);
  }),
);

test(
  'results that were handed out count too',
  withArena(MiB, (arena) => {
    arena.holdResult(MiB - PAGE_BYTES);
    const pages = arena.pageSource(arena.openDomain('query'), 1);
    pages.allocate(PAGE_BYTES);
    assert.throws(() => pages.allocate(1), /memory budget of 1 MiB/);
    arena.recount();
    arena.dropResult(MiB - PAGE_BYTES);
    assert.is(arena.usage().used, PAGE_BYTES);
  }),
);

test(
  'addresses above 2 and 3.9 GiB',
  withArena(4096 * MiB, (arena) => {
    const { i32, f64 } = arena.views;
    if (arena.views.u8.length < 4096 * MiB) return;
    const domain = arena.openDomain('query');
    const pages = arena.pageSource(domain, 1);
    for (const page of [40_000, 65_000]) {
      i32[(ARENA_HEADER >>> 2) + ARENA_HINT] = page;
      const address = pages.allocate(PAGE_BYTES);
      assert.is(address, page * PAGE_BYTES);
      f64[address / 8] = page;
      pages.free(address, PAGE_BYTES);
    }
    assert.is(arena.usage().used, 0);
  }),
);

test('a later arena takes the memory over, empty', () => {
  const first = createArena({ budget: MiB });
  const { memory } = first;
  first.allocate(first.openDomain('engine'), 100);
  first.close();
  const second = createArena({ budget: 2 * MiB });
  assert.is(second.memory, memory);
  assert.is(second.usage().used, 0);
  assert.is(second.usage().peak, 0);
  const third = createArena();
  assert.is.not(third.memory, memory);
  second.close();
  third.close();
});

test(
  'threads claim and free at once, and no page has two owners',
  withArena(64 * MiB, async (arena) => {
    const domain = arena.openDomain('query');
    const code = `
    const { workerData: { memory, domain, worker, arenaUrl, viewsUrl } } = require('node:worker_threads');
    (async () => {
      const { threadArena } = await import(arenaUrl);
      const { viewsOf } = await import(viewsUrl);
      const views = viewsOf(memory);
      const pages = threadArena(views).pageSource(domain, worker);
      let held = [], state = worker, clashes = 0;
      for (let i = 0; i < 20000; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        const bytes = (1 + (state >>> 8) % 5) * 65536;
        if (held.length < 20) {
          const at = pages.allocate(bytes);
          for (let p = 0; p < bytes; p += 65536) views.i32[(at + p) >>> 2] = worker * 1e6 + i;
          held.push([at, bytes, worker * 1e6 + i]);
        } else {
          const [at, size, mark] = held.splice((state >>> 16) % held.length, 1)[0];
          for (let p = 0; p < size; p += 65536) if (views.i32[(at + p) >>> 2] !== mark) clashes++;
          pages.free(at, size);
        }
      }
      pages.release();
      process.exit(clashes === 0 ? 0 : 3);
    })();`;
    const urls = {
      arenaUrl: new URL('../../lib/memory/thread-arena.js', import.meta.url).href,
      viewsUrl: new URL('../../lib/memory/memory-access.js', import.meta.url).href,
    };
    const codes = await Promise.all(
      [1, 2, 3].map(
        (worker) =>
          new Promise<number>((resolve, reject) => {
            const thread = new Worker(code, { eval: true, workerData: { memory: arena.memory, domain, worker, ...urls } });
            thread.on('exit', resolve).on('error', reject);
          }),
      ),
    );
    assert.equal(codes, [0, 0, 0]);
    assert.is(arena.usage().used, 0);
    assert.equal(arena.usage().domains, []);
  }),
);

test.run();
