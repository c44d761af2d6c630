import { channel } from 'node:diagnostics_channel';
import type { EventHub, EventName } from '../lib/core/scheduler/events.js';

const NAMES: readonly EventName[] = [
  'queryStart', 'queryEnd', 'jobStart', 'jobEnd', 'stageStart', 'stageEnd', 'taskStart', 'taskEnd', 'taskFailed', 'executorStart', 'executorEnd', 'progress',
]; // prettier-ignore

/**
 * Publishes an engine's events on the process's diagnostics channels `quern:queryStart`, `quern:taskEnd` and so on. Returns a function that ends it. Only channels
 * with subscribers at this moment are served, so that task events cost nothing where nobody listens: call it when a query starts.
 */
export function publishEvents(events: Pick<EventHub, 'on'>): () => void {
  const off = NAMES.map((name) => {
    const target = channel(`quern:${name}`);
    return target.hasSubscribers ? events.on(name, (event) => target.publish(event)) : () => {};
  });
  return () => {
    for (const end of off) end();
  };
}
