import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Session, type DataFrame } from '../lib/index.js';
import { TEXT_VALUES } from '../lib/cli/cells.js';
import { ProgressLine, progressBar } from '../lib/cli/progress-line.js';
import { tableText } from '../lib/cli/table.js';
import { byteText, grouped, secondsText } from '../lib/cli/text.js';
import { localMaxima, localMaximaText } from './local-maxima.js';
import { AIRLINES, FLIGHTS, flightsQuestion, SALES_QUESTIONS, type Question } from './questions.js';
import { SALES_ROWS, salesFile } from './sales.js';

const DATA_FOLDER = fileURLToPath(new URL('../../.data/', import.meta.url));
const { stdout, stderr } = process;

function makeSales(): string {
  let announced = false;
  const path = salesFile(DATA_FOLDER, (share) => {
    if (!announced && !stderr.isTTY) stderr.write('Making a file of orders (once) …\n');
    announced = true;
    if (stderr.isTTY)
      stderr.write(`\r\x1b[KMaking a file of orders (once) ${progressBar(share)}${share === 1 ? '\r\x1b[K' : ''}`);
  });
  return path;
}

const heading = (title: string, body: string): string => `\n\n── ${title}\n\n${body.replace(/^/gm, '    ')}\n\n`;

async function ask(session: Session, { title, code, answer }: Question, inputRows: number): Promise<void> {
  stdout.write(heading(title, code));
  const startedAt = performance.now();
  const df = answer(session);
  const rows = await collect(df);
  const seconds = (performance.now() - startedAt) / 1000;
  const columns = df.schema.fields.map((field) => ({ ...field, key: field.name }));
  stdout.write(
    tableText(columns, { first: rows, last: [], total: rows.length }, { width: stdout.columns ?? 120, color: stdout.isTTY }),
  );
  stdout.write(`${secondsText(seconds)}, ${grouped(inputRows / seconds)} rows/s\n`);
}

async function collect(df: DataFrame): ReturnType<DataFrame['collect']> {
  const progress = new ProgressLine(stderr.isTTY ? stderr : undefined);
  try {
    return await df.collect({ ...TEXT_VALUES, onProgress: (report) => progress.update(report) });
  } finally {
    progress.stop();
  }
}

const sales = makeSales();
await using session = await Session.create();

stdout.write(
  heading(
    'Three partitions, three local maxima, one answer',
    'session.createDataFrame({ value: [3, 8, 1, 7, 2, 9, 4, 6, 5] }).repartition(3)',
  ),
);
stdout.write(localMaximaText(await localMaxima(session)));

stdout.write(
  heading(
    `Orders of a year: ${grouped(SALES_ROWS)} rows of CSV, ${byteText(statSync(sales).size)}`,
    "session.read.csv(path).createOrReplaceTempView('sales')",
  ),
);
const orders = session.read.csv(sales);
orders.createOrReplaceTempView('sales');
stdout.write(orders.schemaText());
for (const question of SALES_QUESTIONS) await ask(session, question, SALES_ROWS);

const flights = session.read.csv(FLIGHTS, { nullValue: 'NA' });
flights.createOrReplaceTempView('flights');
const airlines = await session.read.csv(AIRLINES).collect();
const names = Object.fromEntries(airlines.map(({ carrier, name }) => [carrier, name])) as Record<string, string>;
await ask(session, flightsQuestion(names), await flights.count());
