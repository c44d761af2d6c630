import * as assert from 'uvu/assert';
import { ProgressLine, progressBar } from '../../lib/cli/progress-line.js';
import { suite } from '../support/suite.js';
import type { QueryProgress } from '../../lib/index.js';

const test = suite('progress line');

const report = (elapsedMs: number, bytesRead: number, done = false): QueryProgress => ({
  tasksDone: 0,
  tasksTotal: 10,
  rows: bytesRead / 100,
  bytesRead,
  bytesTotal: 1_000_000_000,
  elapsedMs,
  done,
});

function terminal(columns = 100): { stream: { columns: number; write: (text: string) => void }; texts: string[] } {
  const texts: string[] = [];
  return { stream: { columns, write: (text) => void texts.push(text) }, texts };
}

test('appears after 300 ms, at most ten times a second, and is erased', () => {
  const { stream, texts } = terminal();
  let now = 0;
  const line = new ProgressLine(stream, () => now);
  for (now = 0; now <= 1000; now += 10) line.update(report(now, now * 1_000_000 * 0.5));
  assert.ok(texts.length >= 7 && texts.length <= 8, `${texts.length} writes`);
  assert.is(texts[0], '\r\x1b[K▕███                 ▏  15 %  1,500,000 rows  150 MB of 1.00 GB  500 MB/s  1.7 s left');
  line.stop();
  assert.is(texts.at(-1), '\r\x1b[K');
});

test('a quick query writes nothing at all', () => {
  const { stream, texts } = terminal();
  const line = new ProgressLine(stream, () => 100, 0);
  line.update(report(100, 5000, true));
  line.stop();
  assert.equal(texts, []);
  assert.is(line.bytes, 5000);
});

test('no terminal, no line: the counts are there', () => {
  const line = new ProgressLine(undefined, () => 1000, 0);
  line.update(report(1000, 5000));
  assert.is(line.rows, 50);
});

test('a narrow terminal cuts the line: a line that wraps could not be erased', () => {
  const { stream, texts } = terminal(20);
  new ProgressLine(stream, () => 1000, 0).update(report(1000, 1000));
  assert.is(texts[0], '\r\x1b[K▕                 …');
});

test('partitions one after the other add up and promise no end', () => {
  const { stream, texts } = terminal();
  const line = new ProgressLine(stream, () => 1000, 0);
  line.update(report(400, 1_000_000_000, true));
  texts.length = 0;
  const later = new ProgressLine(stream, () => 5000, 0);
  later.update(report(1000, 1_000_000_000, true));
  let now = 5000;
  const third = new ProgressLine(stream, () => (now += 200), 0);
  third.update(report(1000, 1_000_000_000, true));
  third.update(report(1000, 500_000_000));
  assert.is(third.bytes, 1_500_000_000);
  assert.is(texts.at(-1), '\r\x1b[K15,000,000 rows  1.50 GB  750 MB/s');
});

test('the bar moves by eighths', () => {
  assert.is(progressBar(0, 4), '▕    ▏');
  assert.is(progressBar(0.5, 4), '▕██  ▏');
  assert.is(progressBar(0.28, 4), '▕█▏  ▏');
  assert.is(progressBar(1, 4), '▕████▏');
});

test.run();
