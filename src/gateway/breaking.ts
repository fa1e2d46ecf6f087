import { isDeepStrictEqual } from 'node:util';

type Node = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** What a caller of the earlier contract would trip over in the later one; empty where nobody would. */
export function breakingChanges(earlier: unknown, later: unknown): string[] {
  const found: string[] = [];
  for (const [path, item] of entries(at(earlier, 'paths'))) {
    for (const method of METHODS.filter((one) => one in item)) {
      const name = `${method.toUpperCase()} ${path}`;
      const [before, after] = [at(item, method), at(later, 'paths', path, method)];
      if (!after) found.push(`${name}: is gone`);
      else found.push(...operationChanges(name, before!, after));
    }
  }
  for (const [name, before] of entries(at(earlier, 'components', 'schemas'))) {
    const after = at(later, 'components', 'schemas', name);
    if (!after) continue;
    const use = usesOf(earlier, name);
    if (use.sent) found.push(...schemaChanges(`${name}, as it is sent`, before, after, 'sent'));
    if (use.answered) found.push(...schemaChanges(`${name}, as it is answered`, before, after, 'answered'));
  }
  return found;
}

function operationChanges(name: string, before: Node, after: Node): string[] {
  const found: string[] = [];
  const parameters = (of: Node): Node[] => (of['parameters'] as Node[] | undefined) ?? [];
  const key = (one: Node): string => `${String(one['in'])} ${String(one['name'])}`;
  for (const parameter of parameters(after)) {
    const earlier = parameters(before).find((one) => key(one) === key(parameter));
    if (!earlier && parameter['required'] === true) found.push(`${name}: ${key(parameter)} is needed`);
    if (earlier?.['required'] !== true && parameter['required'] === true && earlier) {
      found.push(`${name}: ${key(parameter)} has become needed`);
    }
    const [was, is] = [at(earlier, 'schema'), at(parameter, 'schema')];
    if (was && is) found.push(...schemaChanges(`${name}: ${key(parameter)}`, was, is, 'sent'));
  }
  for (const parameter of parameters(before)) {
    if (!parameters(after).some((one) => key(one) === key(parameter))) found.push(`${name}: ${key(parameter)} is gone`);
  }
  for (const [status, answer] of entries(before['responses'])) {
    const later = at(after, 'responses', status);
    if (!later) found.push(`${name}: ${status} is not answered any more`);
    else if (!isDeepStrictEqual(answer['content'], later['content']))
      found.push(`${name}: ${status} holds something else`);
  }
  const body = (of: Node): unknown =>
    JSON.stringify(entries(at(of, 'requestBody', 'content')).map(([type, one]) => [type, one['schema']]));
  if (body(before) !== body(after)) found.push(`${name}: another body is taken`);
  if (!isSubset(before['x-scopes'], after['x-scopes'])) found.push(`${name}: a scope opens it no more`);
  return found;
}

/** @param way what is sent may only grow looser, what is answered only tighter */
function schemaChanges(place: string, before: Node, after: Node, way: 'sent' | 'answered'): string[] {
  const found: string[] = [];
  const [wider, tighter] = way === 'sent' ? [after, before] : [before, after];
  if (!isSubset(tighter['type'], wider['type'])) found.push(`${place}: another type`);
  if (wider['enum'] !== undefined && !isSubset(tighter['enum'], wider['enum'])) found.push(`${place}: other words`);
  const required = (of: Node): string[] => (of['required'] as string[] | undefined) ?? [];
  const lost = required(wider).filter((name) => !required(tighter).includes(name));
  for (const name of lost)
    found.push(way === 'sent' ? `${place}.${name} is needed` : `${place}.${name} may be missing`);
  for (const [name, part] of entries(before['properties'])) {
    const later = at(after, 'properties', name);
    if (later) found.push(...schemaChanges(`${place}.${name}`, part, later, way));
    else found.push(`${place}.${name} is gone`);
  }
  const [items, laterItems] = [at(before, 'items'), at(after, 'items')];
  if (items && laterItems) found.push(...schemaChanges(`${place}[]`, items, laterItems, way));
  for (const keyword of ['anyOf', 'oneOf', 'pattern', 'minLength', 'maxLength', 'maxItems', 'minItems'] as const) {
    if (way === 'sent' && !isDeepStrictEqual(before[keyword], after[keyword]) && after[keyword] !== undefined) {
      found.push(`${place}: ${keyword} has changed`);
    }
  }
  return found;
}

function usesOf(document: unknown, name: string): { sent: boolean; answered: boolean } {
  const ref = `"#/components/schemas/${name}"`;
  const operations = entries(at(document, 'paths')).flatMap(([, item]) => Object.values(item) as Node[]);
  const holds = (part: unknown): boolean => JSON.stringify(part ?? null).includes(ref);
  return {
    sent: operations.some((one) => holds(one['requestBody'])),
    answered: operations.some((one) => holds(one['responses'])),
  };
}

function at(value: unknown, ...path: string[]): Node | undefined {
  const found = path.reduce<unknown>((inner, name) => (inner as Node | undefined)?.[name], value);
  return typeof found === 'object' && found !== null ? (found as Node) : undefined;
}

function entries(value: unknown): [string, Node][] {
  return Object.entries((value ?? {}) as Record<string, Node>);
}

function isSubset(some: unknown, all: unknown): boolean {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
  return all === undefined || list(some).every((one) => list(all).includes(one));
}
