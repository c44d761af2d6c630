/**
 * The file that Piscina loads in a worker thread. CommonJS, because Piscina loads it by `require`: ending a thread while `require` loads an ES module
 * can abort the whole process (`v8::Module::IsGraphAsync must be used on an instantiated module`, Node 20 and later), and ending one during `import()` does not.
 */
const loaded = import('./task-worker.js');
// The first call says it.
loaded.catch(() => {});

async function serve(slot: number): Promise<number> {
  return (await loaded).serve(slot);
}

export = { serve };
