// Makes the data files ahead of a run: node dist/benchmarks/data/make.js [rows] [scale ...]
import { groupbyFile, lineitemFile } from './data-files.js';

const [rows = '1e7', ...scales] = process.argv.slice(2);
console.log(groupbyFile(Number(rows)));
for (const scale of scales) console.log(lineitemFile(Number(scale)) ?? 'tpchgen-cli is not installed (pip install tpchgen-cli)');
