// Compares the public surface with api/quern.api.md, or writes it anew.
import { exec, tool } from './exec.mjs';

export function apiReport({ update }) {
  const local = update ? ['--local'] : [];
  const extractor = tool('@microsoft/api-extractor/bin/api-extractor');
  return exec(process.execPath, [extractor, 'run', '--config', 'api-extractor.json', ...local]);
}
