/** What happens in an engine, for listeners and `node:diagnostics_channel` (channels `quern:queryStart`, …). Times are microseconds since the epoch. */
export type { EventName, Listener, SchedulerEvent as EngineEvent, SchedulerEvents as Events } from '../core/scheduler/events.js';
