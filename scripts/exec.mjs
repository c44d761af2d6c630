// Child processes for the scripts: the project root as the working folder, failures as an exit code.
import { spawn } from 'node:child_process';
import { root } from './stamp.mjs';

/** Resolves with the exit code of `command`; its output goes where `stdio` says. */
export function exec(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? code : 128));
  });
}

/** Like `exec`, but a failure ends the script with a message that says what to do. */
export async function mustExec(what, command, args, options) {
  const code = await exec(command, args, options);
  if (code !== 0) {
    console.error(`${what} failed (exit code ${code}).`);
    process.exit(1);
  }
}

/** npm as npm itself was started, so that Windows and version managers need no special case. */
export function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/** The JavaScript entry of a tool in node_modules. */
export const tool = (path) => `${root}/node_modules/${path}`;
