/** How far an action is. */
export interface QueryProgress {
  readonly tasksDone: number;
  readonly tasksTotal: number;
  /** Rows handed to the first stage's sink so far. */
  readonly rows: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly elapsedMs: number;
  readonly done: boolean;
}
