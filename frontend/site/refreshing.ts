/** Asks every few seconds, while the page is seen, whether new signals came; and if so, calls `refresh`. */
const EVERY = 5_000;
const SLOWEST = 60_000;

/** How long to wait before asking again: longer after each failure in a row. */
export function pause(failures: number): number {
  return Math.min(EVERY * 2 ** failures, SLOWEST);
}

export function startRefreshing(root: Document, address: string, refresh: () => Promise<void>): void {
  let failures = 0;
  const shown = () => root.getElementById("map-live")?.dataset["version"] ?? "";

  async function ask(): Promise<void> {
    if (!root.hidden && shown()) {
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const { version } = (await answer.json()) as { version: number };
        if (String(version) !== shown()) await refresh();
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    window.setTimeout(() => void ask(), pause(failures));
  }
  window.setTimeout(() => void ask(), EVERY);
  root.addEventListener("visibilitychange", () => {
    if (!root.hidden) failures = 0;
  });
}
