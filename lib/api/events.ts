/** What happens in an engine, for listeners and `node:diagnostics_channel` (channels `quern:queryStart`, …). Times are microseconds since the epoch. */
export interface Events {
  queryStart: { readonly query: number; readonly time: number; readonly stages: number };
  queryEnd: { readonly query: number; readonly time: number; readonly outcome: 'done' | 'failed' | 'cancelled' };
  stageStart: { readonly query: number; readonly stage: number; readonly time: number; readonly tasks: number };
  stageEnd: { readonly query: number; readonly stage: number; readonly time: number };
  taskStart: { readonly query: number; readonly stage: number; readonly task: number; readonly attempt: number; readonly executor: number; readonly time: number };
  /** The task is committed: its rows count. */
  taskEnd: {
    readonly query: number;
    readonly stage: number;
    readonly task: number;
    readonly partition: number;
    readonly attempt: number;
    readonly executor: number;
    readonly time: number;
    readonly rows: number;
    readonly bytesRead: number;
  };
  /** An attempt was lost with its executor, or failed. */
  taskFailed: { readonly query: number; readonly stage: number; readonly task: number; readonly attempt: number; readonly executor: number; readonly time: number; readonly reason: string };
  executorStart: { readonly executor: number; readonly time: number };
  executorEnd: { readonly executor: number; readonly time: number; readonly reason: string };
}

export type EventName = keyof Events;
