/** A tablet on the shop floor: paired once, then it asks whoever passes by, with and without network. */
import "./tablet.css";
import { setClock } from "./clock";
import { showPairing } from "./pairing";
import { showSurvey } from "./survey";
import { device, keepDevice, keptAnswers, keepAnswer, type Device } from "./storage";
import { request, send, startSending, type Listener } from "./sending";
import { told, type Setup } from "./setup";
import { isIdle, keepAwake, restartWhenStuck } from "./staying";

const main = document.getElementById("tablet")!;
let shown = "";

/** Ask what to show; what was shown before stays where the server cannot be reached. */
async function renew(found: Device): Promise<Device> {
  const { setup } = await request<{ setup: Setup | null }>("setup", found.token, {});
  const { setup: _before, ...rest } = found;
  const renewed = setup ? { ...rest, setup } : rest;
  await keepDevice(renewed);
  return renewed;
}

async function pair(problem = ""): Promise<void> {
  shown = "";
  showPairing(main, problem, async (code) => {
    const paired = await request<{ token: string; name: string; now: number }>("pair", "", { code });
    await navigator.storage?.persist?.().catch(() => false);
    const found = { token: paired.token, name: paired.name, ahead: paired.now - Date.now() };
    await keepDevice(found);
    setClock(found.ahead);
    show(await renew(found));
    send(listener);
  });
}

function show(found: Device): void {
  if (!found.setup) {
    main.replaceChildren(Object.assign(document.createElement("p"), { className: "note", textContent: told["empty"]! }));
    shown = "";
    return;
  }
  if (shown == found.setup.mark) return;
  shown = found.setup.mark;
  showSurvey(main, found.setup, found.token, () => send(listener));
}

const listener: Listener = {
  heard: async (mark, testing) => {
    document.body.classList.toggle("is-testing", testing);
    const found = await device();
    if (!found || (mark == shown && mark)) return;
    if (shown && !isIdle()) return; // somebody is answering: the next beat comes in a minute
    show(await renew(found));
  },
  unpaired: () => void pair(told["unpaired"]),
};

async function start(): Promise<void> {
  restartWhenStuck();
  keepAwake();
  const found = await device();
  if (found) setClock(found.ahead);
  // Whoever was answering when the device stopped has gone.
  for (const answer of await keptAnswers()) if (!answer.done) await keepAnswer({ ...answer, done: true });
  if (found?.setup) show(found);
  else if (found) await renew(found).then(show, () => pair(told["offline"]));
  else await pair();
  startSending(listener);
}

void start();
