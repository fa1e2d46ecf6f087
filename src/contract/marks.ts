import { z } from 'zod';
import { marked, type Mark } from './schema.js';

declare module 'zod' {
  interface GlobalMeta {
    privacy?: Mark | undefined;
  }
}

/** Marks personal data: a field, or an object with all its fields. */
export function personal<S extends z.ZodType>(schema: S): S {
  return marked('personal', schema);
}

/** Marks credentials: passwords, codes, tokens. */
export function secret<S extends z.ZodType>(schema: S): S {
  return marked('secret', schema);
}

/** Marks a text that anybody who runs the service may read. */
export function plain<S extends z.ZodType>(schema: S): S {
  return marked('plain', schema);
}

/** A field of a schema. */
export interface Field {
  /** For example `person.address.street`; items of lists and records have the path of the whole. */
  path: string;
  /** The last part of the path. */
  name: string;
  /** Its own mark, or that of its container. Undefined for an unmarked text. */
  mark: Mark | undefined;
}

/** Every leaf field of a schema. Numbers, flags and fixed words are plain unless marked. */
export function fieldsOf(schema: z.core.$ZodType): Field[] {
  return walk(schema, '', undefined);
}

function walk(schema: z.core.$ZodType, path: string, outer: Mark | undefined): Field[] {
  const mark = z.globalRegistry.get(schema)?.privacy ?? outer;
  const inside = (inner: z.core.$ZodType): Field[] => walk(inner, path, mark);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      if (Object.keys(def.shape).length === 0) return [{ path, name: nameOf(path), mark }];
      return Object.entries(def.shape).flatMap(([name, inner]) =>
        walk(inner, path === '' ? name : `${path}.${name}`, mark),
      );
    case 'array':
      return inside(def.element);
    case 'record':
      return inside(def.valueType);
    case 'union':
      return unique(def.options.flatMap(inside));
    case 'optional':
    case 'nonoptional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return inside(def.innerType);
    case 'pipe':
      return inside(def.in);
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
      return [{ path, name: nameOf(path), mark: mark ?? 'plain' }];
    default:
      return [{ path, name: nameOf(path), mark }];
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Merges a field that several members of a union have; if their marks differ, both remain. */
function unique(fields: Field[]): Field[] {
  return fields.filter(
    ({ path, mark }, index) => fields.findIndex((other) => other.path === path && other.mark === mark) === index,
  );
}
