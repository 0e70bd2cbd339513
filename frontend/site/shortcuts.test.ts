import { describe, expect, it } from "vitest";
import { wish, type Pressed } from "./shortcuts";

const key = (key: string, held: Partial<Pressed> = {}): Pressed => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe("wish", () => {
  it("opens the search", () => {
    expect(wish(key("/"), false, false, true)).toEqual({ kind: "search" });
    expect(wish(key("k", { ctrlKey: true }), false, true, false)).toEqual({ kind: "search" });
    expect(wish(key("K", { metaKey: true }), false, false, true)).toEqual({ kind: "search" });
  });
  it("opens the list", () => expect(wish(key("?"), false, false, true)).toEqual({ kind: "list" }));
  it("goes to a page by two letters", () => {
    expect(wish(key("g"), false, false, true)).toEqual({ kind: "wait" });
    expect(wish(key("c"), true, false, true)).toEqual({ kind: "go", to: "c" });
    expect(wish(key("c"), false, false, true)).toBeNull();
  });
  it("leaves those alone who write, or want no single keys", () => {
    for (const each of ["/", "?", "g"]) {
      expect(wish(key(each), false, true, true)).toBeNull();
      expect(wish(key(each), false, false, false)).toBeNull();
    }
  });
  it("leaves the browser its own keys", () => {
    expect(wish(key("g", { ctrlKey: true }), false, false, true)).toBeNull();
    expect(wish(key("/", { altKey: true }), false, false, true)).toBeNull();
  });
});
