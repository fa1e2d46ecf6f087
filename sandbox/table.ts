/** Called during each change, with the old row. */
export type Watcher = (table: string, before: object | undefined, after: object) => void;

/** One change of a row, as the journal stores it: table, row id, and the row (`null` when it was deleted). */
export type Change = readonly [table: string, id: string, row: object | null];

/** Rows by id with secondary indexes. Rows are replaced, never mutated, so that every change is seen and journaled. */
export class Table<T extends { readonly id: string }, Index extends string = never> {
  readonly name: string;
  readonly #rows = new Map<string, T>();
  readonly #keys: Record<Index, (row: T) => string | undefined>;
  readonly #ids = new Map<string, Set<string>>();
  readonly #changed: (change: Change, before?: object) => void;

  constructor(
    name: string,
    keys: Record<Index, (row: T) => string | undefined>,
    changed: (change: Change, before?: object) => void,
  ) {
    this.name = name;
    this.#keys = keys;
    this.#changed = changed;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  /** Rows whose `index` key equals `key`, oldest first. */
  by(index: Index, key: string): T[] {
    return [...(this.#ids.get(`${index}:${key}`) ?? [])].map((id) => this.#rows.get(id) as T);
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  put(row: T): T {
    const before = this.#rows.get(row.id);
    this.load(row.id, row);
    this.#changed([this.name, row.id, row], before);
    return row;
  }

  /** @throws Error if there is no such row. */
  patch(id: string, changes: Partial<T>): T {
    const row = this.#rows.get(id);
    if (!row) throw new Error(`${this.name} has no row ${id}`);
    return this.put({ ...row, ...changes });
  }

  delete(id: string): void {
    this.load(id, null);
    this.#changed([this.name, id, null]);
  }

  /** Applies a change without reporting it (replay). */
  load(id: string, row: T | null): void {
    const before = this.#rows.get(id);
    for (const index of Object.keys(this.#keys) as Index[]) {
      const was = before && this.#keys[index](before);
      const is = row ? this.#keys[index](row) : undefined;
      if (was === is) continue;
      if (was !== undefined) this.#ids.get(`${index}:${was}`)?.delete(id);
      if (is !== undefined) this.#idsOf(`${index}:${is}`).add(id);
    }
    if (row) this.#rows.set(id, row);
    else this.#rows.delete(id);
  }

  clear(): void {
    this.#rows.clear();
    this.#ids.clear();
  }

  #idsOf(key: string): Set<string> {
    let ids = this.#ids.get(key);
    if (!ids) this.#ids.set(key, (ids = new Set()));
    return ids;
  }
}
