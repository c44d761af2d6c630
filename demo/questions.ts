import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { avg, col, count, max, round, sum, type DataFrame, type Session } from '../lib/index.js';

/** A question of the demo: what is asked, how it is written, and the DataFrame that answers it. */
export interface Question {
  readonly title: string;
  readonly code: string;
  readonly answer: (session: Session) => DataFrame;
}

const sql = (title: string, text: string): Question => ({ title, code: text, answer: (session) => session.sql(text) });

const SOURCE = readFileSync(fileURLToPath(new URL('../../demo/questions.ts', import.meta.url)), 'utf8');

/** A DataFrame question shows its own source, as it stands in this file: what is printed is what runs. */
function code(title: string, answer: (session: Session) => DataFrame): Question {
  const start = SOURCE.indexOf('(session)', SOURCE.indexOf(`code('${title}'`));
  const lines = SOURCE.slice(SOURCE.indexOf('\n', start) + 1).split('\n');
  const indent = /^ */.exec(lines[0]!)![0];
  // It ends where a line is indented less than its first.
  const end = lines.findIndex((line) => line.trim() !== '' && !line.startsWith(indent));
  return {
    title,
    code: lines
      .slice(0, end)
      .map((line) => line.slice(indent.length))
      .join('\n')
      .replace(/,$/, ''),
    answer,
  };
}

/** Questions about the view `sales`. */
export const SALES_QUESTIONS: readonly Question[] = [
  sql('How many orders are there?', 'SELECT count(*) AS orders FROM sales'),
  sql(
    'Which countries bring the most?',
    `SELECT country,
       count(*) AS orders,
       round(sum(quantity * unit_price * (1 - coalesce(discount, 0))), 2) AS revenue
FROM sales
GROUP BY country
ORDER BY revenue DESC`,
  ),
  code('What sells best on the web, and to how many customers?', (session) =>
    session
      .table('sales')
      .filter(col('channel').eq('web').and(col('quantity').geq(2)))
      .groupBy('product', 'category')
      .agg(sum('quantity').as('pieces'), count().as('orders'), max('ordered_at').as('last_order'))
      .orderBy(col('pieces').desc())
      .limit(5),
  ),
  sql(
    'How did each quarter go?',
    `SELECT date_trunc('quarter', ordered_at) AS quarter,
       count(DISTINCT customer_id) AS customers,
       avg(quantity) AS pieces_per_order,
       count(*) FILTER (WHERE discount IS NOT NULL) AS discounted
FROM sales
GROUP BY ALL
ORDER BY quarter`,
  ),
  code('A JavaScript function on the executors: what do baskets cost?', (session) => {
    const classes = [10, 50, 100, 500];
    return session
      .table('sales')
      .select('quantity', 'unit_price')
      .map(
        (row) => {
          const cost = (row['quantity'] as number) * (row['unit_price'] as number);
          const limit = classes.find((most) => cost <= most);
          return { basket: limit === undefined ? 'more' : `up to ${limit}` };
        },
        { scope: { classes }, schema: 'basket string' },
      )
      .groupBy('basket')
      .count()
      .orderBy(col('count').desc());
  }),
];

const data = (name: string): string => fileURLToPath(new URL(`../../demo/data/${name}`, import.meta.url));

export const FLIGHTS = data('flights.csv');
export const AIRLINES = data('airlines.csv');

/** A question about the view `flights`, a cut of real flights, with the airlines' names as a captured value. */
export function flightsQuestion(names: Readonly<Record<string, string>>): Question {
  return code('Real flights out of New York in 2013: who is late?', (session) =>
    session
      .table('flights')
      .filter('arr_delay IS NOT NULL')
      .groupBy('carrier')
      .agg(count().as('flights'), round(avg('arr_delay'), 1).as('minutes_late'))
      .map((row) => ({ airline: names[row['carrier'] as string], ...row }), {
        scope: { names },
        schema: 'airline string, flights bigint, minutes_late double',
      })
      .orderBy(col('minutes_late').desc())
      .limit(5),
  );
}
