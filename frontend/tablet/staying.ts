/** What a device needs that nobody looks after: a light screen, the newest program, and a way out of any trouble. */

const STUCK = 120_000;
const DAY = 864e5;
const QUIET = 600_000;
const LOOKS = 1_800_000;

let touched = 0;
let isAnswering = false;

/** Whether nobody is in the middle of answering. */
export const isIdle = (): boolean => !isAnswering;

/** The survey says when somebody begins, and when it is ready for the next. */
export function occupy(isBusy: boolean): void {
  isAnswering = isBusy;
  touched = performance.now();
}

export function keepAwake(): void {
  const lock = () => {
    if (!document.hidden) void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", lock);
  lock();
}

/** Load the page anew: what was answered is on the disk. Not more often than every minute, whatever happens. */
function restart(): void {
  if (performance.now() > 60_000) location.reload();
  else setTimeout(restart, 60_000);
}

export function restartWhenStuck(): void {
  addEventListener("error", restart);
  addEventListener("unhandledrejection", restart);
  let hasNewProgram = false;
  void navigator.serviceWorker?.register("/tablet/worker.js").then((registration) => setInterval(() => void registration.update().catch(() => undefined), LOOKS));
  const isUpdate = !!navigator.serviceWorker?.controller;
  navigator.serviceWorker?.addEventListener("controllerchange", () => (hasNewProgram = isUpdate));
  setInterval(() => {
    const quiet = performance.now() - touched;
    if (isAnswering && quiet > STUCK) location.reload();
    // Once a day, and for another program, when nobody is there.
    if (!isAnswering && quiet > QUIET && (hasNewProgram || performance.now() > DAY)) location.reload();
    if (hasNewProgram && !isAnswering && quiet > 20_000) location.reload();
  }, 5_000);
  // A long press or two fingers must not lead anywhere.
  addEventListener("contextmenu", (event) => event.preventDefault());
}
