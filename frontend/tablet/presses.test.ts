import { expect, it } from "vitest";
import { isSameAnswer, pressed } from "./presses";
import type { Answer } from "./storage";

let count = 0;
const fresh = () => ({ number: `${++count}`, token: "t", version: 1, language: "fi", test: false });
const press = (last: Answer | undefined, face: number, at: number) => pressed(last, face, at, fresh);

it("takes presses under three seconds apart for one answer, of which the last counts", () => {
  const first = press(undefined, 4, 10_000);
  const last = press(press(press(first, 1, 12_999), 2, 13_500), 3, 16_400);
  expect([last.number, last.face, last.at]).toEqual([first.number, 3, 10_000]);
  expect(last.presses).toEqual([[10_000, 4], [12_999, 1], [13_500, 2], [16_400, 3]]);
});

it("takes a press three seconds later for another person", () => {
  const first = press(undefined, 4, 10_000);
  expect(isSameAnswer(first, 13_000)).toBe(false);
  expect(press(first, 4, 13_000).number).not.toBe(first.number);
});

it("forgets what followed the face that was not meant", () => {
  const first = { ...press(undefined, 1, 10_000), chosen: { why: ["queue"] }, text: { more: "x" }, done: true };
  expect(press(first, 4, 11_000)).toMatchObject({ face: 4, chosen: {}, text: {}, done: false });
});

it("is not led astray by a clock that was put back", () => {
  expect(isSameAnswer(press(undefined, 4, 10_000), 9_000)).toBe(false);
});

it("keeps a hammering child within bounds", () => {
  let last: Answer | undefined;
  for (let index = 0; index < 1_000; index++) last = press(last, (index % 4) + 1, index * 100);
  expect(last!.presses).toHaveLength(200);
});
