import { channel } from 'node:diagnostics_channel';
import type { Scheduler } from '../lib/core/scheduler/driver.js';
import type { EventName } from '../lib/core/scheduler/events.js';

const NAMES: readonly EventName[] = [
  'queryStart', 'queryEnd', 'stageStart', 'stageEnd', 'taskStart', 'taskEnd', 'taskFailed', 'executorStart', 'executorEnd', 'progress',
]; // prettier-ignore

/**
 * Publishes an engine's events on the process's diagnostics channels `quern:queryStart`, `quern:taskEnd` and so on. Returns a function that ends it. Only channels
 * with subscribers at this moment are served, so that task events cost nothing where nobody listens: call it when a query starts.
 */
export function publishEvents(scheduler: Pick<Scheduler, 'on'>): () => void {
  const off = NAMES.map((name) => {
    const target = channel(`quern:${name}`);
    return target.hasSubscribers ? scheduler.on(name, (event) => target.publish(event)) : () => {};
  });
  return () => {
    for (const end of off) end();
  };
}
