/** What the server tells of the surveys that this page may show, and what the script's own tag says. */

export interface Target {
  /** Number of the survey's link. */
  link: number;
  /** Patterns of pages; none is all pages. */
  pages: string[];
  not_pages: string[];
  when: "time" | "scroll" | "exit" | "event";
  /** Visible seconds on the page. */
  seconds: number;
  /** Percent of the page that was seen. */
  scroll: number;
  event: string;
  /** With `exit`: so many seconds in which nothing was touched mean leaving too; 0 never. */
  idle: number;
  /** 0–1 of the visitors. */
  share: number;
  /** Not again to the same visitor in so many days. */
  days: number;
  device: "all" | "phone" | "computer";
  place: "corner" | "dialog";
  /** Whether visitors are asked who have not consented to anything being kept on their device. */
  unknown: boolean;
}

export interface Asked {
  key: string;
  type: string;
  text: string;
  help: string;
  required: boolean;
  /** (value, label) of what can be chosen. */
  choices: [value: string, label: string][];
  /** What stands at the ends of a scale. */
  ends: [low: string, high: string];
  most: number;
  low: number | null;
  high: number | null;
  unit: string;
}

export interface Step {
  questions: Asked[];
}

export type Words = Record<"next" | "close" | "thanks" | "optional" | "again" | "open" | "survey" | "other", string>;

export interface Shown {
  show: boolean;
  version: number;
  language: string;
  title: string;
  intro: string;
  theme: { accent?: string; on_accent?: string; background?: string; ink?: string };
  words: Words;
  step?: Step;
  /** Address of the survey's own page, where it cannot be asked well on a card. */
  page?: string;
}

export interface Answered {
  step?: Step;
  problem?: { key: string; text: string };
  thanks?: { text: string; url: string; label: string };
}

const script = document.currentScript as HTMLScriptElement;

/** `key`, and perhaps `consent`. */
export const { dataset } = script;

/** Beside the script, so that a site may serve both from an address of its own. */
const beside = (name: string) => new URL(`polku-surveys/${name}`, script.src).href;

export async function configuration(): Promise<Target[]> {
  const answer = await fetch(`${beside("config")}?key=${encodeURIComponent(dataset["key"] || "")}`, { credentials: "omit" });
  if (!answer.ok) throw answer.status;
  return ((await answer.json()) as { surveys: Target[] }).surveys;
}

/** A request that browsers send without asking first, and never with cookies. 422 is an answer too. */
export async function post<Reply>(name: "show" | "answer", body: object): Promise<Reply> {
  const answer = await fetch(beside(name), {
    method: "POST",
    credentials: "omit",
    keepalive: true,
    body: JSON.stringify({ key: dataset["key"], url: location.href.replace(/[?#].*/, ""), ...body }),
  });
  if (!answer.ok && answer.status != 422) throw answer.status;
  return answer.json();
}
