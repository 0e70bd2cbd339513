import { expect, it, vi } from "vitest";
import type { Answer } from "./storage";

vi.stubGlobal("document", { getElementById: () => ({ textContent: "{}" }) });
const { batchOf, pauseAfter } = await import("./sending");
const { aheadBy, now, setClock } = await import("./clock");

const answer = (number: number, some: Partial<Answer> = {}): Answer => ({
  number: `${number}`, token: "t", at: number, face: 4, version: 1, language: "fi", chosen: {}, text: {}, presses: [], test: false, done: true, ...some,
});

it("pauses for longer and longer, not all tablets alike, never over seven and a half minutes", () => {
  expect([1, 2, 3, 8, 9, 30].map((failures) => pauseAfter(failures, 0))).toEqual([2, 4, 8, 256, 300, 300]);
  expect(pauseAfter(30, 1)).toBe(450);
});

it("sends the earliest first, at most fifty, of one pairing, and none that is being given", () => {
  const kept = Array.from({ length: 120 }, (_, index) => answer(index));
  expect(batchOf(kept).map(({ number }) => number)).toEqual(kept.slice(0, 50).map(({ number }) => number));
  expect(batchOf([answer(1, { token: "old" }), answer(2), answer(3, { token: "old" })]).map(({ number }) => number)).toEqual(["1", "3"]);
  expect(batchOf([answer(1, { done: false })])).toEqual([]);
});

it("tells the server's time with a clock that is wrong, and goes on when somebody sets it", () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ["Date", "performance"] });
  setClock(aheadBy(5_000_500, 999_900)); // asked 100 ms ago
  expect(Math.round(now())).toBe(5_000_550);
  vi.setSystemTime(9_999_999_999);
  expect(Math.round(now())).toBe(5_000_550);
  vi.useRealTimers();
});
