/**
 * The time by the server's clock. Between contacts it goes on with a clock that nobody can set, so that a device whose
 * time is wrong, or is put right while it is offline, tells the moments of its answers right.
 */
let began = Date.now() - performance.now();

/** `ahead`: milliseconds that the server's clock was ahead of this device's when they were last compared. */
export function setClock(ahead: number): void {
  began = Date.now() + ahead - performance.now();
}

export const now = (): number => began + performance.now();

/** How far the server is ahead of the device's own clock, by its answer to a request that took from `sent` until now. */
export const aheadBy = (server: number, sent: number): number => server - (sent + Date.now()) / 2;
