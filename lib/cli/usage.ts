import { readFileSync } from 'node:fs';

export const HELP = `quern: SQL over files, on every core.

Usage
  quern "SELECT …"            run SQL text, several statements separated by ;
  quern -f script.sql         run a file
  quern < script.sql          run what standard input holds
  quern head FILE [-n N]      the first rows (10)
  quern describe FILE         how a file is read: its format, columns and types
  quern schema FILE           the columns as a tree; --format ddl or json
  quern meta FILE.parquet     row groups and columns: encodings, sizes, statistics
  quern convert IN OUT        one format into another, by their names

FILE, IN and FROM 'data.csv' are a file, a glob ('logs/**/*.json') or a directory; - is standard input. Directories as
year=2024 are columns. The ending of a name tells the format.

Options
  -f, --file FILE             the SQL text's file
  -o, --output FILE           write the result there; .csv .tsv .json .jsonl .md .parquet .arrow, and .csv.gz, set the format
      --format FORMAT         table (default), csv, json, jsonl, markdown
  -n, --lines N               rows of head
      --option NAME=VALUE     an option of the file's format, as header=false; of OUT with convert (again for more)
      --read-option NAME=VALUE  with convert, an option of IN
      --mode MODE             with convert, when OUT exists: error (default), overwrite, append, ignore
      --partition-by A,B      with convert, columns that make directories
      --max-rows N            rows of a table (40); 0 for all of them
      --workers N             executor threads (default: the machine's cores)
      --memory SIZE           budget of shared memory, as 512m or 2g
      --explain               print the plan instead of running it
      --timing                print the time of each statement on standard error
  -h, --help                  this text
      --version               the version

Exit codes: 0 done, 1 the query is wrong, 2 the command line is wrong, 3 the data is wrong,
            4 not enough memory or another limit, 130 cancelled.

Examples
  quern "SELECT region, sum(amount) AS total FROM 'sales-*.csv' GROUP BY ALL ORDER BY total DESC"
  gzip -dc log.csv.gz | quern "SELECT status, count(*) FROM '-' GROUP BY status"
  quern "SELECT * FROM 'a.csv' WHERE x > 3" -o filtered.jsonl
  quern convert 'logs/*.csv' logs.parquet --option compression=zstd
`;

/** The package's version, read only when it is asked for: starting up should not read a file more than it must. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
