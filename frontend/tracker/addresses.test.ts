import { describe, expect, it } from "vitest";
import { bare, campaignOf, eventOfLink, pageOf, searchedFor } from "./addresses";

describe("pageOf", () => {
  it("leaves out an anchor, and what a sign-in leaves in the fragment", () => {
    expect(pageOf("https://shop.fi/ohje?a=1#koot")).toBe("https://shop.fi/ohje?a=1");
    expect(pageOf("https://shop.fi/#access_token=x")).toBe("https://shop.fi/");
  });
  it("keeps the routes of single-page apps", () => {
    expect(pageOf("https://shop.fi/#/teltat")).toBe("https://shop.fi/#/teltat");
    expect(pageOf("https://shop.fi/#!teltat")).toBe("https://shop.fi/#!teltat");
  });
});

describe("bare", () => {
  it("leaves out query and fragment", () => {
    expect(bare("https://shop.fi/tili?email=a@b.fi#x")).toBe("https://shop.fi/tili");
    expect(bare("mailto:apu@shop.fi?subject=Tilaus")).toBe("mailto:apu@shop.fi");
    expect(bare("")).toBe("");
  });
});

describe("searchedFor", () => {
  const names = "q,haku";
  it("reads the first of the names that has a value", () => {
    expect(searchedFor("https://shop.fi/?q=teltta", names)).toBe("teltta");
    expect(searchedFor("https://shop.fi/?q=&haku=y%C3%B6pussi+talvi", names)).toBe("yöpussi talvi");
    expect(searchedFor("https://shop.fi/#/etsi?haku=kartta", names)).toBe("kartta");
    expect(searchedFor("https://shop.fi/?q=teltta#/etsi", names)).toBe("teltta");
  });
  it("finds nothing where nothing was searched for", () => {
    expect(searchedFor("https://shop.fi/?page=2", names)).toBe("");
    expect(searchedFor("", names)).toBe("");
    expect(searchedFor("https://shop.fi/?q=teltta", "")).toBe("");
  });
  it("does not stumble over what is no UTF-8", () => {
    expect(searchedFor("https://shop.fi/?q=p%E4iv%E4", names)).toBe("p\ufffdiv\ufffd");
  });
});

describe("campaignOf", () => {
  it("reads the UTM parameters under the specification's names", () => {
    const address = "https://shop.fi/?utm_source=uutiskirje&utm_medium=email&utm_campaign=kev%C3%A4t&utm_term=a&utm_content=b&page=2";
    expect(campaignOf(address)).toEqual({ source: "uutiskirje", medium: "email", name: "kevät", term: "a", content: "b" });
  });
  it("is empty without them", () => expect(campaignOf("https://shop.fi/?gclid=1")).toEqual({}));
});

describe("eventOfLink", () => {
  const link = (href: string, download = "") => {
    const { protocol, host, pathname } = new URL(href);
    return eventOfLink({ href, protocol, host, pathname, download }, "shop.fi");
  };
  it("knows other sites, mail and telephone", () => {
    expect(link("https://posti.fi/seuranta")).toBe("Link Clicked");
    expect(link("mailto:apu@shop.fi")).toBe("Link Clicked");
    expect(link("tel:+358401234567")).toBe("Link Clicked");
  });
  it("knows files by their ending or by the link's own word, on any site", () => {
    expect(link("https://shop.fi/Ohje.PDF")).toBe("File Downloaded");
    expect(link("https://cdn.fi/hinnasto.xlsx?v=2")).toBe("File Downloaded");
    expect(link("https://shop.fi/vienti", "asiakkaat")).toBe("File Downloaded");
  });
  it("says nothing of the site's own pages and of scripts", () => {
    expect(link("https://shop.fi/teltat")).toBe("");
    expect(link("javascript:void(0)")).toBe("");
    expect(link("https://shop.fi/pdf")).toBe("");
  });
});
