import { byteText, fit, grouped, secondsText } from './text.js';
import type { QueryProgress } from '../index.js';

/** A query that is done sooner shows nothing: a line that flashes by only disturbs. */
const APPEARS_AFTER_MS = 300;
const EVERY_MS = 100;
const BAR_WIDTH = 20;
const ERASE = '\r\x1b[K';

/** The stream a progress line lives on. */
export interface ProgressStream {
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line on a terminal that is written over and erased at the end. */
export class ProgressLine {
  #shownAt = 0;
  #visible = false;
  #stopped = false;
  /** What earlier partitions of a streamed result read: each reports for itself. */
  #before = { rows: 0, bytes: 0, ms: 0 };
  #pieces = 0;
  #last: QueryProgress | undefined;

  /** @param stream - Where it is shown; undefined shows nothing and counts only. */
  constructor(
    private readonly stream: ProgressStream | undefined,
    private readonly now: () => number = () => performance.now(),
    private readonly startedAt = now(),
  ) {}

  /** Takes what the engine reports. */
  update(progress: QueryProgress): void {
    this.#last = progress;
    const now = this.now();
    if (
      this.stream !== undefined &&
      !this.#stopped &&
      now - this.startedAt >= APPEARS_AFTER_MS &&
      now - this.#shownAt >= EVERY_MS
    ) {
      this.#shownAt = now;
      this.#visible = true;
      this.stream.write(`${ERASE}${fit(this.#text(progress), (this.stream.columns ?? 80) - 1)}`);
    }
    if (progress.done) {
      this.#pieces++;
      this.#before = { rows: this.rows, bytes: this.bytes, ms: this.#before.ms + progress.elapsedMs };
      this.#last = undefined;
    }
  }

  get rows(): number {
    return this.#before.rows + (this.#last?.rows ?? 0);
  }

  get bytes(): number {
    return this.#before.bytes + (this.#last?.bytesRead ?? 0);
  }

  /** Erases the line, for good. */
  stop(): void {
    this.#stopped = true;
    if (this.#visible) this.stream?.write(ERASE);
    this.#visible = false;
  }

  #text(progress: QueryProgress): string {
    const seconds = Math.max(0.001, (this.#before.ms + progress.elapsedMs) / 1000);
    const rate = this.bytes > 0 ? `${byteText(this.bytes / seconds)}/s` : `${grouped(this.rows / seconds)} rows/s`;
    const rows = `${grouped(this.rows)} rows`;
    // Partitions that come one after the other tell nothing about those to come.
    if (this.#pieces > 0) return [rows, byteText(this.bytes), rate].join('  ');
    return progressText(progress, rows, rate);
  }
}

function progressText(progress: QueryProgress, rows: string, rate: string): string {
  const { bytesRead, bytesTotal, tasksDone, tasksTotal, elapsedMs } = progress;
  const share = bytesTotal > 0 ? bytesRead / bytesTotal : tasksTotal > 0 ? tasksDone / tasksTotal : 0;
  const part = Math.min(1, share);
  const bytes = bytesTotal > 0 ? [`${byteText(bytesRead)} of ${byteText(bytesTotal)}`] : [];
  const left = part > 0 && part < 1 ? [`${leftText(((elapsedMs / part) * (1 - part)) / 1000)} left`] : [];
  return [`${progressBar(part)} ${String(Math.floor(part * 100)).padStart(3)} %`, rows, ...bytes, rate, ...left].join('  ');
}

/** A guess deserves no third digit. */
const leftText = (seconds: number): string => (seconds < 1 ? `${seconds.toFixed(1)} s` : secondsText(seconds));

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar in eighths of a character. */
export function progressBar(share: number, width = BAR_WIDTH): string {
  const eighths = Math.round(share * width * 8);
  const full = Math.floor(eighths / 8);
  const part = EIGHTHS[eighths % 8]!;
  return `▕${'█'.repeat(full)}${part}${' '.repeat(width - full - (part === '' ? 0 : 1))}▏`;
}
