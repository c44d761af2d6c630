import * as assert from 'uvu/assert';
import type { Bound } from '../../lib/core/expr/bound.js';
import type { Step } from '../../lib/core/physical/stage.js';
import { BIGINT, DATE, INT, STRING } from '../../lib/core/types/data-type.js';
import { codedSlots } from '../../lib/codegen/coded-slots.js';
import { withEarlyProjections } from '../../lib/codegen/early-projections.js';
import { suite } from '../support/suite.js';
import { LENGTHS, NULLS, random, withNulls } from './vectors.js';
import { aggregate, aggregateAll, call, filter, literal, project, range, slot, test_ } from './world.js';

const test = suite('codegen: early projections');

const date = slot(0, DATE);
const text = slot(1, STRING);
const year = call('year', INT, date);
const length = call('length', INT, text);
const like = test_('like', text, literal(STRING, '%b%'));

/** What the steps read: the calls of projections, the conditions of filters. */
function steps(given: readonly Step[], arg?: Bound): string[] {
  const { pipelines, sink } = withEarlyProjections({
    id: 0,
    pipelines: [
      {
        slots: [DATE, STRING, INT].map((type) => ({ type, nullable: true })),
        source: { kind: 'range', start: 0n, end: 0n, step: 1n, partitions: 1 },
        steps: given,
        outputs: [],
      },
    ],
    sink:
      arg === undefined
        ? { kind: 'collect', retain: 'query' }
        : { kind: 'aggregate', keyCount: 0, aggregates: [aggregate('sum', BIGINT, [arg])] },
  });
  const shown = pipelines[0]!.steps.map((step) =>
    step.kind === 'filter'
      ? `filter ${show(step.condition)}`
      : step.kind === 'project'
        ? step.outputs.map((output) => `$${output.slot} = ${show(output.expr)}`).join('; ')
        : step.kind,
  );
  return sink.kind === 'aggregate' ? [...shown, show(sink.aggregates[0]!.args[0]!)] : shown;
}

function show(node: Bound): string {
  if (node.kind === 'slot') return `$${node.index}`;
  if (node.kind === 'call') return `${node.fn}(${node.args.map(show).join(', ')})`;
  return node.kind === 'case'
    ? `case ${node.branches.map(({ when, then }) => `${show(when)}: ${show(then)}`).join()}`
    : node.kind;
}

test('what every row needs is taken out, once', () => {
  assert.equal(steps([{ kind: 'filter', condition: test_('=', year, literal(INT, 1995)) }]), [
    '$3 = year($0)',
    'filter =($3, literal)',
  ]);
  const sum = call('add', INT, year, call('multiply', INT, length, call('year', INT, date)));
  assert.equal(steps([{ kind: 'project', outputs: [{ slot: 2, expr: sum }] }]), [
    '$3 = year($0); $4 = length($1)',
    '$2 = add($3, multiply($4, $3))',
  ]);
  assert.equal(steps([], length), ['$3 = length($1)', '$3']);
  assert.equal(steps([{ kind: 'filter', condition: test_('and', like, test_('isnotnull', date)) }]), [
    '$3 = like($1, literal)',
    'filter and($3, isnotnull($0))',
  ]);
});

test('what stays where it is: whole outputs, what only some rows need, calls of other things than columns', () => {
  assert.equal(steps([{ kind: 'project', outputs: [{ slot: 2, expr: year }] }]), ['$2 = year($0)']);
  assert.equal(steps([{ kind: 'filter', condition: test_('and', test_('isnotnull', date), like) }]), [
    'filter and(isnotnull($0), like($1, literal))',
  ]);
  const chosen: Bound = {
    kind: 'case',
    branches: [{ when: test_('isnull', date), then: year }],
    otherwise: length,
    type: INT,
    nullable: true,
  };
  assert.equal(steps([], chosen), ['case isnull($0): year($0)']);
  const upper = call('length', INT, call('upper', STRING, text));
  assert.equal(steps([], upper), ['length(upper($1))']);
  assert.equal(steps([{ kind: 'filter', condition: test_('like', text, literal(STRING, 'b%')) }]), ['filter like($1, literal)']);
});

test('what is over a string that may come as codes is taken out whole, unless something else reads the string', () => {
  const load: Step = { kind: 'load', columns: [{ column: 0, slot: 1 }] };
  const coded = (expr: Bound, outputs: readonly number[]): readonly [string[], unknown] => {
    const { pipelines, sink } = withEarlyProjections({
      id: 0,
      pipelines: [
        {
          slots: [DATE, STRING, INT].map((type) => ({ type, nullable: true })),
          source: { kind: 'blocks', id: 0 },
          steps: [load, { kind: 'filter', condition: expr }],
          outputs,
        },
      ],
      sink: { kind: 'aggregate', keyCount: outputs.length, aggregates: [aggregate('count', BIGINT, [])] },
    });
    const shown = pipelines[0]!.steps.map((step) =>
      step.kind === 'filter'
        ? `filter ${show(step.condition)}`
        : step.kind === 'project'
          ? `over $${step.over}: ${step.outputs.map((output) => `$${output.slot} = ${show(output.expr)}`).join('; ')}`
          : step.kind,
    );
    return [shown, [...codedSlots(pipelines[0]!, sink)]];
  };
  const isB = test_('=', call('upper', STRING, text), literal(STRING, 'B'));
  const early = ['load', 'over $1: $3 = =(upper($1), literal)', 'filter $3'];
  assert.equal(coded(isB, []), [early, [[1, 'any']]]);
  assert.equal(coded(isB, [1]), [early, [[1, 'short']]]);
  const both = test_('=', call('upper', STRING, text), call('concat', STRING, text, slot(2, STRING)));
  assert.equal(coded(both, []), [['load', 'filter =(upper($1), concat($1, $2))'], []]);
});

test('fields of dates, together and one by one, agree with JavaScript', () => {
  const next = random(7);
  const utc = (day: number): Date => new Date(day * 86_400_000);
  const twins: readonly (readonly [string, (day: number) => number])[] = [
    ['year', (day) => utc(day).getUTCFullYear()],
    ['month', (day) => utc(day).getUTCMonth() + 1],
    ['day', (day) => utc(day).getUTCDate()],
  ];
  for (const n of LENGTHS)
    for (const nulls of NULLS)
      for (const far of [0, 0.01, 1]) {
        const days = range(n).map(() => Math.floor(next() < far ? (next() - 0.5) * 8e6 : next() * 90_000 - 30_000));
        const column = withNulls(DATE, days, nulls, next);
        const fields = ['year', 'day', 'month', 'year'];
        const rows = range(n).filter(() => next() < 0.5);
        for (const asked of [undefined, rows]) {
          const found = project(
            fields.map((fn) => call(fn, INT, date)),
            [column],
            asked,
          );
          fields.forEach((fn, i) => {
            const twin = twins.find(([name]) => name === fn)![1];
            const expected = (asked ?? range(n)).map((row) => (column.values[row] === null ? null : twin(days[row]!)));
            assert.equal(found[i], expected, `${fn}, ${n} rows, nulls: ${nulls}, far: ${far}`);
          });
        }
      }
});

test('every day of two centuries and around them', () => {
  for (let first = -30_000; first < 55_000; first += 2048) {
    const days = range(2048).map((i) => first + i);
    const [years, months, dayNumbers] = project(
      ['year', 'month', 'day'].map((fn) => call(fn, INT, date)),
      [{ type: DATE, values: days }],
    );
    days.forEach((day, i) => {
      const expected = new Date(day * 86_400_000).toISOString().slice(0, 10);
      const [y, m, d] = [years![i], months![i], dayNumbers![i]].map(String) as [string, string, string];
      assert.is(`${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`, expected);
    });
  }
});

test('filters and aggregates over what was taken out', () => {
  const next = random(11);
  const words = ['abc', 'a b', 'ccc', 'a long text with b', 'a long text without', 'é', ''];
  for (const nulls of NULLS) {
    const dates = withNulls(
      DATE,
      range(1023).map(() => Math.floor(next() * 2000) + 8000),
      nulls,
      next,
    );
    const texts = withNulls(
      STRING,
      range(1023).map(() => words[Math.floor(next() * words.length)]!),
      nulls,
      next,
    );
    const columns = [dates, texts];
    const has = (row: number): boolean => String(texts.values[row] ?? '').includes('b');
    assert.equal(filter(like, columns), range(1023).filter(has));
    const odd = range(1023).filter((row) => row % 2 === 1);
    assert.equal(filter(like, columns, odd), odd.filter(has));
    assert.equal(filter(test_('contains', text, literal(STRING, 'b')), columns), range(1023).filter(has));
    const lengths = texts.values.filter((value) => value !== null).map((value) => Array.from(value as string).length);
    const sum = lengths.length === 0 ? null : BigInt(lengths.reduce((a, b) => a + b, 0));
    for (const form of ['single', 'update', 'merge'] as const)
      assert.equal(aggregateAll([aggregate('sum', BIGINT, [length])], columns, form), [sum], form);
  }
});

test.run();
