import type { AttributeRef, Bound, SlotRef } from '../expr/bound.js';
import { rewrite, walk } from '../expr/walk.js';
import { InternalError } from '../errors.js';
import type { DataType } from '../types/data-type.js';
import type { GenerateNode } from '../plan/resolved-plan.js';
import type { Pipeline, Source, Step } from './stage.js';

/** Where a column of an open pipeline is. */
type Place =
  /** In a vector. */
  | { readonly kind: 'slot'; readonly slot: number }
  /** In the source, not decoded yet. */
  | { readonly kind: 'source'; readonly column: number; readonly type: DataType; readonly nullable: boolean }
  /** A projection nobody asked for yet: computed at its first use, for the rows alive there. */
  | { readonly kind: 'expr'; readonly expr: Bound };

/**
 * A pipeline being built, from the source down. Columns are decoded and expressions computed as late as their first use, so a filter
 * spares the rows it drops everything that comes after it.
 */
export class OpenPipeline {
  readonly #slots: { type: DataType; nullable: boolean }[] = [];
  readonly #steps: Step[] = [];
  #places = new Map<number, Place>();

  constructor(readonly source: Source) {}

  /** All columns of the source, in slots of the same numbers: for sources whose compiled loops fill fixed slots. */
  loadAll(attributes: readonly AttributeRef[]): void {
    const columns = attributes.map((attribute, column) => {
      const slot = this.#newSlot(attribute.type, attribute.nullable);
      this.#places.set(attribute.id, { kind: 'slot', slot });
      return { column, slot };
    });
    this.#steps.push({ kind: 'load', columns });
  }

  /** A column that a 'load' step decodes when it is first needed. */
  addSourceColumn(attribute: AttributeRef, column: number): void {
    this.#places.set(attribute.id, { kind: 'source', column, type: attribute.type, nullable: attribute.nullable });
  }

  #newSlot(type: DataType, nullable: boolean): number {
    return this.#slots.push({ type, nullable }) - 1;
  }

  #place(attribute: AttributeRef): Place {
    const place = this.#places.get(attribute.id);
    if (place === undefined) throw new InternalError(`Column ${attribute.name}#${attribute.id} is not in its pipeline.`);
    return place;
  }

  /** Emits the loads and computations that make these attributes' values ready in slots. */
  #ready(attributes: Iterable<AttributeRef>): void {
    const loads: { column: number; slot: number }[] = [];
    const computed: AttributeRef[] = [];
    for (const attribute of attributes) {
      const place = this.#place(attribute);
      if (place.kind === 'source') {
        const slot = this.#newSlot(place.type, place.nullable);
        loads.push({ column: place.column, slot });
        this.#setSourceSlot(place.column, slot);
      } else if (place.kind === 'expr') {
        computed.push(attribute);
      }
    }
    if (computed.length > 0) {
      const exprs = computed.map((attribute) => (this.#place(attribute) as Extract<Place, { kind: 'expr' }>).expr);
      if (loads.length > 0) this.#steps.push({ kind: 'load', columns: loads });
      const bound = this.bind(exprs);
      const outputs = bound.map((expr, i) => {
        const slot = this.#newSlot(expr.type, expr.nullable);
        this.#places.set(computed[i]!.id, { kind: 'slot', slot });
        return { slot, expr };
      });
      this.#steps.push({ kind: 'project', outputs });
    } else if (loads.length > 0) {
      this.#steps.push({ kind: 'load', columns: loads });
    }
  }

  /** Every attribute that stands for this source column is in the slot from now on. */
  #setSourceSlot(column: number, slot: number): void {
    for (const [id, place] of this.#places) {
      if (place.kind === 'source' && place.column === column) this.#places.set(id, { kind: 'slot', slot });
    }
  }

  /**
   * The expressions over slots, with everything they need made ready first. A pending projection that is used once is inlined;
   * used more often, it is computed into a slot.
   */
  bind(exprs: readonly Bound[]): Bound[] {
    const inlined = exprs.map((expr) => this.#inlineOnce(expr, exprs));
    const needed = new Map<number, AttributeRef>();
    for (const expr of inlined) for (const attribute of attributesOf(expr)) needed.set(attribute.id, attribute);
    this.#ready(needed.values());
    return inlined.map((expr) =>
      rewrite(expr, { before: (node) => (node.kind === 'attribute' ? this.#slotRef(node) : undefined) }),
    );
  }

  #slotRef(attribute: AttributeRef): SlotRef {
    const place = this.#place(attribute);
    if (place.kind !== 'slot') throw new InternalError(`Column ${attribute.name}#${attribute.id} was not made ready.`);
    const slot = this.#slots[place.slot]!;
    return Object.freeze({ kind: 'slot', index: place.slot, type: slot.type, nullable: slot.nullable, name: attribute.name });
  }

  #inlineOnce(expr: Bound, all: readonly Bound[]): Bound {
    let current = expr;
    for (;;) {
      const next = rewrite(current, {
        before: (node) => {
          if (node.kind !== 'attribute') return undefined;
          const place = this.#place(node);
          return place.kind === 'expr' && usesOf(node.id, all) === 1 ? place.expr : undefined;
        },
      });
      if (next === current) return current;
      current = next;
    }
  }

  /** Slots that hold these expressions' values; plain columns are where they are already. */
  materialize(exprs: readonly Bound[]): number[] {
    const bound = this.bind(exprs);
    const outputs: { slot: number; expr: Bound }[] = [];
    const slots = bound.map((expr) => {
      if (expr.kind === 'slot') return expr.index;
      const slot = this.#newSlot(expr.type, expr.nullable);
      outputs.push({ slot, expr });
      return slot;
    });
    if (outputs.length > 0) this.#steps.push({ kind: 'project', outputs });
    return slots;
  }

  filter(condition: Bound): void {
    const [bound] = this.bind([condition]);
    this.#steps.push({ kind: 'filter', condition: bound! });
  }

  /** Adds the projection's columns: plain ones stay where they are, the others are pending. Columns below stay known, pending expressions refer to them. */
  project(exprs: readonly Bound[], outputs: readonly AttributeRef[]): void {
    const places = new Map<number, Place>();
    for (let i = 0; i < exprs.length; i++) {
      const expr = exprs[i]!;
      places.set(outputs[i]!.id, expr.kind === 'attribute' ? this.#place(expr) : { kind: 'expr', expr });
    }
    for (const [id, place] of this.#places) if (!places.has(id)) places.set(id, place);
    this.#places = places;
  }

  /** Makes the columns answer to other attributes (a union's), position by position. */
  rename(from: readonly AttributeRef[], to: readonly AttributeRef[]): void {
    from.forEach((attribute, i) => this.#places.set(to[i]!.id, this.#place(attribute)));
  }

  /** A JavaScript step over all these columns. */
  javascript(
    role: 'map' | 'flatMap' | 'filter',
    source: string,
    scope: string,
    inputs: readonly AttributeRef[],
    outputs: readonly AttributeRef[],
  ): void {
    const slots = this.materialize(inputs);
    const named = inputs.map((attribute, i) => ({ slot: slots[i]!, name: attribute.name }));
    const results =
      role === 'filter'
        ? []
        : outputs.map((attribute) => {
            const slot = this.#newSlot(attribute.type, attribute.nullable);
            this.#places.set(attribute.id, { kind: 'slot', slot });
            return { slot, name: attribute.name };
          });
    this.#steps.push({ kind: 'javascript', role, source, scope, inputs: named, outputs: results });
  }

  /** Rows out of an array or a map. Behind it there are the node's columns and no others: what the source has not decoded yet belongs to other rows. */
  generate(node: GenerateNode): void {
    const made = new Set([...node.parts, ...(node.position === undefined ? [] : [node.position])].map(({ id }) => id));
    const passed = node.output.filter(({ id }) => !made.has(id));
    const [source, ...slots] = this.materialize([node.expr, ...passed]);
    const places = new Map<number, Place>();
    const newPlace = (attribute: AttributeRef, nullable: boolean): number => {
      const slot = this.#newSlot(attribute.type, nullable);
      places.set(attribute.id, { kind: 'slot', slot });
      return slot;
    };
    const isWanted = (attribute: AttributeRef): boolean => node.output.some(({ id }) => id === attribute.id);
    const isMap = node.expr.type.kind === 'map';
    const { position } = node;
    const step: Step = {
      kind: 'generate',
      source: source!,
      outer: node.outer,
      countPart: isMap ? 1 : 0,
      passed: passed.map((attribute, i) => ({ from: slots[i]!, to: newPlace(attribute, this.#slots[slots[i]!]!.nullable) })),
      parts: node.parts.flatMap((attribute, i) =>
        isWanted(attribute) ? [{ slot: newPlace(attribute, attribute.nullable), part: isMap ? (i === 0 ? 1 : 2) : 0 }] : [],
      ),
      ...(position !== undefined && isWanted(position) ? { position: newPlace(position, position.nullable) } : {}),
    };
    this.#steps.push(step);
    this.#places = places;
  }

  finish(outputs: readonly number[]): Pipeline {
    return Object.freeze({ slots: this.#slots, source: this.source, steps: this.#steps, outputs });
  }
}

export function attributesOf(expr: Bound): AttributeRef[] {
  const found: AttributeRef[] = [];
  walk(expr, (node) => {
    if (node.kind === 'attribute') found.push(node);
  });
  return found;
}

function usesOf(id: number, exprs: readonly Bound[]): number {
  let uses = 0;
  for (const expr of exprs) for (const attribute of attributesOf(expr)) if (attribute.id === id) uses++;
  return uses;
}
