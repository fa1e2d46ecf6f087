/** Milliseconds that this process's clock is ahead of the machine's. */
let ahead = 0;

const MachineDate = globalThis.Date;
const now = (): number => MachineDate.now() + ahead;

/** Lets this process's clock go on from `moment`. Timers keep the machine's pace, so nothing takes longer or shorter than it did. */
export function setClock(moment: Date): void {
  ahead = moment.getTime() - MachineDate.now();
  // A proxy, not a subclass: dates that others made stay instances of Date.
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, given: unknown[], as) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, as) as Date,
    apply: () => new MachineDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}

/** Takes `setClock` back: for tests in which this process's times meet those of a server that cannot follow. */
export function keepMachineClock(): void {
  ahead = 0;
}
