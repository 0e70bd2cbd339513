/** One message in the form that Segment's browser libraries send. */
import { bare, campaignOf, pageOf } from "./addresses";

export type Properties = Record<string, unknown>;

export interface Message {
  type: string;
  event?: string | undefined;
  name?: string | undefined;
  properties?: Properties | undefined;
  traits?: Properties | undefined;
  userId?: string | undefined;
  anonymousId?: string | undefined;
  messageId: string;
  timestamp: Date | string;
  context: { page: { url: string; referrer: string; title: string }; campaign: Record<string, string> };
}

/** 128 random bits. Not a UUID, so that pages without HTTPS can make one too. */
export const random = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Where the visitor was before this page: the referrer, and in a single-page app the page before. */
export let before = document.referrer;
let shown = "";

/** Note that another page is shown now; false where it is the page that was shown already. */
export function turnPage(): boolean {
  const now = pageOf(location.href);
  if (now == shown) return false;
  before = shown || before;
  shown = now;
  return true;
}

export function message(type: string, fields: Partial<Message>): Message {
  return {
    type,
    messageId: random(),
    timestamp: new Date(),
    context: { page: { url: pageOf(location.href), referrer: before, title: document.title }, campaign: campaignOf(location.href) },
    ...fields,
  };
}

const PERSONAL = /order_?id|mail|phone|user|customer|loyalty/i;

/** A copy without anything that tells who it was: no ids, no order number, no contact details, no query strings. */
export function anonymous(message: Message): Message {
  const copy: Message = JSON.parse(JSON.stringify(message, (name, value) => (PERSONAL.test(name) ? undefined : value)));
  const { page } = copy.context;
  page.url = bare(page.url);
  page.referrer = bare(page.referrer);
  copy.messageId = random();
  return copy;
}
