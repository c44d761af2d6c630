import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LineitemFiles } from '../queries/files.js';
import { writeGroupby } from './groupby.js';

/** dist/benchmarks/data/ lies three folders below the project. */
export const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
const dataFolder = process.env['QUERN_BENCH_DATA'] ?? join(projectRoot, '.data');

function ready(path: string, make: () => void): string {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    process.stderr.write(`making ${path} ...\n`);
    make();
  }
  return path;
}

/** db-benchmark's groupby table as CSV. */
export function groupbyFile(rows: number): string {
  const name = `groupby-${rows.toExponential().replace('+', '')}.csv`;
  const path = join(dataFolder, name);
  return ready(path, () => writeGroupby(path, rows));
}

/** TPC-H's lineitem as CSV, or undefined where the file is missing and `tpchgen-cli` is not installed. */
export function lineitemFile(scale: number): string | undefined {
  const folder = join(dataFolder, `tpch-sf${scale}`);
  const path = join(folder, 'lineitem.csv');
  if (!existsSync(path) && spawnSync('tpchgen-cli', ['--version']).status !== 0) return undefined;
  return ready(path, () => {
    const fresh = `${folder}.part`;
    execFileSync('tpchgen-cli', ['csv', '-s', String(scale), '--tables', 'lineitem', '--output-dir', fresh]);
    renameSync(join(fresh, 'lineitem.csv'), path);
  });
}

/** lineitem in every format: Parquet by tpchgen-cli, JSON and Arrow made of that. */
export function lineitemFiles(scale: number): LineitemFiles | undefined {
  const csv = lineitemFile(scale);
  if (csv === undefined) return undefined;
  const folder = join(dataFolder, `tpch-sf${scale}`);
  const parquet = ready(join(folder, 'lineitem.parquet'), () => {
    const fresh = `${folder}.part`;
    execFileSync('tpchgen-cli', ['parquet', '-s', String(scale), '--tables', 'lineitem', '--output-dir', fresh]);
    renameSync(join(fresh, 'lineitem.parquet'), join(folder, 'lineitem.parquet'));
  });
  const converted = (extension: string): string => {
    const path = join(folder, `lineitem.${extension}`);
    const command = join(projectRoot, 'dist/package/quern.js');
    return ready(path, () => execFileSync(process.execPath, [command, 'convert', parquet, path]));
  };
  return { csv, parquet, json: converted('json'), arrow: converted('arrow') };
}

/** Where an engine writes, without an extension. */
export const outputPath = (engine: string): string => join(dataFolder, `out-${engine.replaceAll(' ', '-')}`);

/** Three rows: what a command line or a warm query costs when there is nothing to compute. */
export function tinyFile(): string {
  const path = join(dataFolder, 'tiny.csv');
  return ready(path, () => writeFileSync(path, 'region,amount\nnorth,10\nsouth,20\nnorth,5\n'));
}
