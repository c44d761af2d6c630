import { splitByBytes, splitByFiles } from '../byte-ranges.js';
import type { FileFormat } from '../source.js';
import { inspectJson, type JsonDetail } from './inspect.js';
import { JsonSource } from './source.js';

export const JSON_FORMAT: FileFormat = {
  name: 'json',
  inspect: inspectJson,
  splits: ({ detail }, { bytes, files: only }) => {
    const { files, isDocument, compression } = detail as JsonDetail;
    return isDocument ? splitByFiles(files, bytes, only) : splitByBytes(files, compression, bytes, only);
  },
  open: (context, { detail }, { columns }) => new JsonSource(context, detail as JsonDetail, columns),
};
