import { describe, expect, it } from "vitest";
import { matching, type Choice } from "./picking";

const choice = (name: string, note = ""): Choice => ({ value: name, name, note, people: "", group: "" });
const choices = [choice("Katsoi tuotetta", "Product Viewed"), choice("Lisäsi ostoskoriin", "Product Added"), choice("Maksu")];
const names = (typed: string) => matching(choices, typed).map((each) => each.name);

describe("matching", () => {
  it("shows everything before anything is typed", () => expect(names(" ")).toHaveLength(3));
  it("finds every word, in any order and whatever the case", () => expect(names("OSTOSK lisäsi")).toEqual(["Lisäsi ostoskoriin"]));
  it("does not ask for dots and rings", () => expect(names("lisasi")).toEqual(["Lisäsi ostoskoriin"]));
  it("knows the names of the data too", () => expect(names("product")).toHaveLength(2));
  it("finds nothing where a word is nowhere", () => expect(names("maksu tuote")).toEqual([]));
});
