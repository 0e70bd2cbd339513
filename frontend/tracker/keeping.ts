/**
 * What is remembered, and where. Without consent nothing is stored: what happened stays in this page's memory. With
 * consent one entry of localStorage holds the visitor's id, the user's id and what has not been received yet.
 */
import { anonymous, random, type Message } from "./messages";

interface State {
  id?: string;
  user?: string | undefined;
  queue: Message[];
}

const PLACE = "polku";
const MOST = 1000;
const OLDEST = 30 * 864e5; // a repeat is known for 35 days; what is older than this is not sent again

const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean; doNotTrack?: string };
/** The visitor's browser says no for them. Nothing that a page says outweighs that. */
const refused = globalPrivacyControl || doNotTrack == "1";

let state: State = { queue: [] };
let storing = true; // false where the browser does not let us store: then memory serves
let denied = false;
/** What happened before the visitor was asked. */
let undecided: Message[] = [];
/** What may go without consent: it names nobody. */
let nameless: Message[] = [];

function onDevice(use: () => void): void {
  if (storing)
    try {
      use();
    } catch {
      storing = false;
    }
}

/** Read what is stored. Another tab may have changed it; where it is gone, consent was withdrawn. */
function recall(): void {
  onDevice(() => {
    const stored = localStorage[PLACE];
    if (stored) state = JSON.parse(stored);
    else if (state.id) state = { queue: [] };
  });
}

function store(): void {
  onDevice(() => {
    if (state.id) localStorage[PLACE] = JSON.stringify(state);
  });
}

/** Give what waits its ids, now that it may have them. */
function settle(): void {
  if (!state.id) return;
  for (const message of undecided.splice(0)) {
    if (message.type == "identify") state.user = message.userId || state.user;
    state.queue.push({ ...message, anonymousId: state.id, userId: state.user });
  }
  state.queue = state.queue.filter((message) => +new Date(message.timestamp) > Date.now() - OLDEST).slice(-MOST);
  store();
}

/** Take in what happened. Where nothing may be sent it waits for consent; where consent was refused it is gone. */
export function keep(message: Message, cookieless: boolean): void {
  if (refused) return;
  recall();
  if (!state.id && cookieless && message.type != "identify") nameless = [...nameless, anonymous(message)].slice(-MOST);
  else if (state.id || (!denied && undecided.length < MOST)) undecided.push(message);
  settle();
}

/** Consent was given, or refused: then nothing of before remains. */
export function decide(given: boolean): void {
  recall();
  if (given && !refused) state.id ||= random();
  else {
    state = { queue: [] };
    undecided = [];
    denied = storing = true; // also where the device was full
    onDevice(() => delete localStorage[PLACE]);
  }
  settle();
}

/** Another person begins to use this device. */
export function begin(): void {
  recall();
  undecided = undecided.filter((message) => message.type != "identify");
  if (state.id) state = { id: random(), queue: state.queue };
  store();
}

/** What has not been received yet, oldest first. */
export function waiting(): Message[] {
  recall();
  return [...nameless, ...state.queue];
}

/** These were received, or never will be. */
export function forget(messages: Message[]): void {
  const ids = messages.map((message) => message.messageId);
  const others = (message: Message) => !ids.includes(message.messageId);
  recall();
  nameless = nameless.filter(others);
  state.queue = state.queue.filter(others);
  store();
}

if (refused) decide(false);
