/** Sends what waits, a batch at a time, until it is received; when the page is left all of it by sendBeacon. */
import { forget, waiting } from "./keeping";
import type { Message } from "./messages";
import { address, dataset } from "./settings";

const LONGEST = 2e4; // characters of at most three bytes; a closing page may have 64 KiB under way
const PAUSE = 0.2; // seconds: what happens together goes together
const SLOWEST = 300;

let timer: ReturnType<typeof setTimeout>;
let failures = 0;
let isSending = false;

/** As many of the first messages as one request carries, at least one. */
export function batchOf(messages: Message[]): Message[] {
  let length = 0;
  return messages.filter((message, index) => (length += JSON.stringify(message).length) < LONGEST || !index);
}

const bodyOf = (batch: Message[]) =>
  JSON.stringify({ writeKey: dataset["key"], batch, sentAt: new Date(), context: { library: { name: "polku.js" } } });

function flush(): void {
  const batch = batchOf(waiting());
  if (isSending || !batch[0]) return;
  isSending = true;
  const body = bodyOf(batch);
  let pause = 0;
  // A longer body than a closing page may send would be refused by the browser for ever.
  fetch(address, { method: "POST", body, keepalive: body.length < LONGEST })
    .then((answer) => {
      if (answer.status == 429 || answer.status > 499) throw (pause = +answer.headers.get("retry-after")!);
      if (!answer.ok) console.warn("Polku", answer.status);
      forget(batch); // also what is refused: it would be refused again
      failures = 0;
    })
    .catch(() => {
      pause = (pause || Math.min(2 ** failures, SLOWEST)) * (1 + Math.random());
      failures++;
    })
    .then(() => {
      isSending = false;
      after(pause);
    });
}

function after(seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(flush, seconds * 1e3);
}

/** Send all of it now, whether or not anybody is left to hear the answer: what is stored goes again until it is received. */
function leave(): void {
  let batch;
  for (let rest = waiting(); (batch = batchOf(rest))[0] && navigator.sendBeacon(address, bodyOf(batch)); ) rest = rest.slice(batch.length);
}

/** There is something new to send. */
export function send(): void {
  if (!failures) after(PAUSE);
}

// On the window, so that it hears after everybody who listens on the document and may have a last word to send.
addEventListener("visibilitychange", () => {
  if (document.hidden) leave();
});
addEventListener("online", () => {
  after((failures = 0));
});
