import { InternalError } from '../../core/errors.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';
import { BytesColumn, ViewsColumn } from './bytes-columns.js';
import type { ArrowColumn } from './column.js';
import { fixedType, isUnreadable, typeOfField } from './column-types.js';
import type { Dictionaries } from './dictionaries.js';
import { DictionaryColumn } from './dictionary-column.js';
import { BoolColumn, FixedBytesColumn, FixedColumn, NullColumn } from './flat-columns.js';
import { FixedListColumn, ListColumn, MapColumn, StructColumn } from './nested-columns.js';
import type { ArrowSpace } from './open-batch.js';
import type { ArrowField } from './schema.js';

/** The reader of a field, which must be readable, and of those below it. */
export function openColumn(space: ArrowSpace, field: ArrowField, dictionaries: Dictionaries): ArrowColumn {
  const { type, children, node, dictionary } = field;
  const child = (of: ArrowField): ArrowColumn => openColumn(space, of, dictionaries);
  if (dictionary !== undefined) {
    const found = typeOfField(field);
    if (isUnreadable(found)) throw new InternalError(`Column "${field.name}" cannot be read: ${found.reason}.`);
    return new DictionaryColumn(space, field, dictionaries, physicalTypeOf(found));
  }
  switch (type.kind) {
    case 'null':
      return new NullColumn(space, node);
    case 'bool':
      return new BoolColumn(space, node);
    case 'bytes':
      return type.layout === 'views' ? new ViewsColumn(space, field) : new BytesColumn(space, field, type.layout === 'offsets64');
    case 'fixedBinary':
      return new FixedBytesColumn(space, node, type.width);
    case 'list':
    case 'largeList':
      return new ListColumn(space, node, type.kind === 'largeList', child(children[0]!));
    case 'fixedList':
      return new FixedListColumn(space, node, type.size, child(children[0]!));
    case 'struct':
      return new StructColumn(space, node, children.map(child));
    case 'map': {
      const [entries] = children;
      return new MapColumn(space, node, entries!.node, child(entries!.children[0]!), child(entries!.children[1]!));
    }
    default: {
      const found = fixedType(type);
      if (found === undefined || isUnreadable(found)) throw new InternalError(`Column "${field.name}" cannot be read.`);
      return new FixedColumn(space, node, found);
    }
  }
}
