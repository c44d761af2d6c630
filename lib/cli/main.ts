#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { readArguments } from './arguments.js';
import { exitCodeOf, failureText } from './failure.js';

// From Node 22 on what was compiled is kept in the system's folder for temporary files: a quarter of a small query's time is compiling the engine.
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

// The engine is loaded only by commands that use it, after the command line proved right: --help should not wait for it.
async function main(args: readonly string[]): Promise<void> {
  const command = readArguments(args, () => process.stdin.isTTY);
  if (command.kind === 'help' || command.kind === 'version') {
    const { HELP, version } = await import('./usage.js');
    process.stdout.write(command.kind === 'help' ? HELP : `quern ${version()}\n`);
    return;
  }
  const { runCommand } = await import('./run.js');
  await runCommand(command);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // The reader of the output has gone, as head does when it has seen enough: that is no failure.
  if (!(error instanceof Error && error.name === 'ReaderGone')) {
    process.stderr.write(failureText(error));
    // A signal has set the code already.
    process.exitCode ??= exitCodeOf(error);
  }
}
