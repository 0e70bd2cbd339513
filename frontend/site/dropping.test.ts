import { expect, test } from "vitest";
import { placeAt } from "./dropping";

test("what is dropped above an item's middle goes before it, below the last one to the end", () => {
  const middles = [10, 30, 50];
  expect([0, 9, 10, 29, 31, 49, 50, 99].map((y) => placeAt(y, middles))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(placeAt(5, [])).toBe(0);
});
