/**
 * The file that Piscina loads in a worker thread. CommonJS, because Piscina loads it by `require`: ending a thread while `require` loads an ES module
 * can abort the whole process (`v8::Module::IsGraphAsync must be used on an instantiated module`, Node 20 and later), and ending one during `import()` does not.
 * Piscina waits for the promise before it blocks the thread to wait for tasks.
 */
const serve = import('./task-worker.js').then((worker) => worker.serve);

export = { serve };
