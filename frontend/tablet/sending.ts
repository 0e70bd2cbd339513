/** Brings kept answers to the server: in order, again until it says that it has stored them, with growing pauses. */
import { aheadBy, now, setClock } from "./clock";
import { device, forgetAnswers, keepDevice, keptAnswers, type Answer } from "./storage";
import { told } from "./setup";

const BATCH = 50;
const BEAT = 60;
const SLOWEST = 300;

interface Receipt {
  stored: string[];
  refused: string[];
  now: number;
  mark: string;
  testing: boolean;
}

export interface Listener {
  /** The server was reached. `mark` is that of what it would show now. */
  heard: (mark: string, testing: boolean) => void;
  /** The server does not know this device any more. */
  unpaired: () => void;
}

let timer: ReturnType<typeof setTimeout>;
let failures = 0;
let isSending = false;

async function battery(): Promise<number | null> {
  const found = await (navigator as { getBattery?: () => Promise<{ level: number }> }).getBattery?.().catch(() => undefined);
  return found ? Math.round(found.level * 100) : null;
}

/** Seconds to wait after so many failures in a row: 2, 4, 8 … 300, and a part by lot, so that not all tablets of a shop come at once. */
export const pauseAfter = (failures: number, lot = Math.random()): number => Math.min(2 ** failures, SLOWEST) * (1 + lot / 2);

/** The first answers that may go, all of one pairing. */
export function batchOf(answers: Answer[]): Answer[] {
  const ready = answers.filter(({ done }) => done);
  return ready.filter(({ token }) => token == ready[0]!.token).slice(0, BATCH);
}

export async function request<Reply>(path: string, token: string, body: object): Promise<Reply> {
  const answer = await fetch(`/tablet/${path}`, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw answer;
  return answer.json();
}

/** One delivery. True where another waits. */
async function deliver(listener: Listener): Promise<boolean> {
  const found = await device();
  if (!found) return false;
  const kept = await keptAnswers();
  const batch = batchOf(kept);
  const token = batch[0]?.token ?? found.token;
  const sent = Date.now();
  let receipt: Receipt;
  try {
    receipt = await request("answers", token, {
      sent_at: now(),
      answers: batch.map(({ token: _token, done: _done, ...answer }) => answer),
      waiting: kept.length,
      battery: await battery(),
      program: told["program"],
    });
  } catch (refusal) {
    const status = refusal instanceof Response ? refusal.status : 0;
    if (status == 401 && token == found.token) listener.unpaired();
    // Answers of an earlier pairing that the server knows no more: they must not hold up those of this one.
    if (status == 401 && token != found.token) return forgetAnswers(batch.map(({ number }) => number)).then(() => true);
    throw refusal;
  }
  await forgetAnswers([...receipt.stored, ...receipt.refused]);
  const ahead = aheadBy(receipt.now, sent);
  setClock(ahead);
  await keepDevice({ ...(await device())!, ahead });
  listener.heard(receipt.mark, receipt.testing);
  return batch.length == BATCH;
}

async function work(listener: Listener): Promise<void> {
  if (isSending) return;
  isSending = true;
  let pause = BEAT;
  try {
    while (await deliver(listener));
    failures = 0;
  } catch (refusal) {
    const after = refusal instanceof Response ? +refusal.headers.get("retry-after")! : 0;
    pause = Math.max(after, pauseAfter(++failures));
  }
  isSending = false;
  later(listener, pause);
}

function later(listener: Listener, seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void work(listener), seconds * 1e3);
}

/** Send what waits now and then go on: every minute, sooner when something new waits. */
export function startSending(listener: Listener): void {
  addEventListener("online", () => {
    failures = 0;
    later(listener, 0);
  });
  later(listener, 0);
}

/** There is something new to send. While the server cannot be reached, its turn comes by itself. */
export function send(listener: Listener): void {
  if (!failures && !isSending) later(listener, 0.5);
}
