import { QueryError } from '../../core/errors.js';
import { invalid, readOptions, type OptionsOf } from '../options.js';
import { lines } from '../csv/encoder.js';
import { RowText } from './row-text.js';
import type { WriteFormat } from '../encoder.js';

interface TextSettings {
  readonly lineSep: string;
}

const OPTIONS: OptionsOf<TextSettings> = {
  what: 'text files',
  names: 'lineSep, encoding',
  table: new Map<string, (value: string, name: string) => Partial<TextSettings>>([
    ['linesep', (value) => ({ lineSep: value })],
    [
      'encoding',
      (value, name) => {
        if (!/^utf-?8$/i.test(value)) throw invalid(name, 'UTF-8', value);
        return {};
      },
    ],
  ]),
  defaults: Object.freeze({ lineSep: '\n' }),
};

/** One column of strings, a line a row. */
export const TEXT_WRITE: WriteFormat = {
  name: 'text',
  extensions: ['txt', 'text'],
  extension: () => 'txt',
  check({ schema: { fields }, options }) {
    readOptions(options, OPTIONS);
    if (fields.length === 1 && fields[0]!.type.kind === 'string') return;
    const found = fields.map(({ name, type }) => `${name} ${type.kind}`).join(', ');
    throw new QueryError({
      code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
      message: `Text files hold one column of strings, not (${found}). Select one: concat_ws joins several.`,
    });
  },
  open(context, { schema, options }, out) {
    const { lineSep } = readOptions(options, OPTIONS);
    return lines(
      new RowText(
        context,
        schema,
        {
          head: '',
          tail: lineSep,
          prefixes: ['\n'],
          nullText: '',
          strings: 'raw',
          quotesMoments: false,
          separator: '\n',
          quote: '',
          escape: '',
          quoteAll: false,
          quoteCells: false,
          skipNulls: false,
          marksEmpty: false,
        },
        out,
      ),
    );
  },
  repeatedBytes: () => 0,
};
