/** Asks every few seconds, while the page is seen, whether new signals came; and if so, calls `refresh`. */
const EVERY = 5_000;
const SLOWEST = 60_000;
const WHILE_COUNTING = 2_000;

/** How long to wait before asking again: longer after each failure in a row. */
export function pause(failures: number): number {
  return Math.min(EVERY * 2 ** failures, SLOWEST);
}

export function startRefreshing(root: Document, address: string, refresh: () => Promise<void>): void {
  let failures = 0;
  const shown = () => root.getElementById("map-live")?.dataset["version"] ?? "";
  /** Whether the server still finds what belongs to the touchpoints: the end of that is drawn as soon as it is there. */
  const isCounting = () => Boolean(root.getElementById("map-live")?.dataset["counting"]);
  const wait = () => (isCounting() && failures === 0 ? WHILE_COUNTING : pause(failures));

  async function ask(): Promise<void> {
    if (!root.hidden && shown()) {
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const { version } = (await answer.json()) as { version: number };
        if (isCounting() || String(version) !== shown()) await refresh();
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    window.setTimeout(() => void ask(), wait());
  }
  window.setTimeout(() => void ask(), wait());
  root.addEventListener("visibilitychange", () => {
    if (!root.hidden) failures = 0;
  });
}
