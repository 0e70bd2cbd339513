/** Draws one question as a group of the fields of a form, named as on the survey's own page. */
import { face, make, star } from "./elements";
import type { Asked, Words } from "./settings";

const WRITTEN: Record<string, Record<string, string>> = {
  short_text: { type: "text" },
  email: { type: "email", autocomplete: "email" },
  date: { type: "date" },
  number: { type: "number", step: "any", inputmode: "decimal" },
};

/** How a type of scale is laid out: by numbers in a row, by pictures, or as words below one another. */
const layoutOf = ({ type, choices }: Asked): string =>
  type == "nps" || (type == "number" && choices.length) ? "numbers" : type == "smiley" ? "faces" : type == "stars" ? "stars" : type == "ces" || type == "csat" ? "numbers labelled" : "list";

function pictured(layout: string, value: string, label: string): (Node | string)[] {
  if (layout == "faces") return [face(+value), make("span", { class: "name" }, label)];
  if (layout == "stars") return [star(), make("span", { class: "hidden" }, label)];
  if (layout == "numbers labelled") return [make("span", { "aria-hidden": "true" }, value), make("span", { class: "hidden" }, label)];
  return [make("span", {}, label)];
}

function chosen(asked: Asked, words: Words): HTMLElement {
  const layout = layoutOf(asked);
  const name = `q-${asked.key}`;
  const type = asked.type == "multiple" ? "checkbox" : "radio";
  const group = make(
    "div",
    { class: `choices ${layout}` },
    ...asked.choices.map(([value, label]) => make("label", { class: "choice" }, make("input", { type, name, value }), ...pictured(layout, value, label))),
  );
  const [low, high] = asked.ends;
  const other = asked.choices.some(([value]) => value == "other");
  return make(
    "div",
    {},
    group,
    !!(low || high) && layout.startsWith("numbers") && make("div", { class: "ends", "aria-hidden": "true" }, make("span", {}, low), make("span", {}, high)),
    other && make("input", { type: "text", name: `${name}-other`, maxlength: 200, "aria-label": words.other, placeholder: words.other, class: "other" }),
  );
}

/** `id` is that of the text of the question. */
export function question(asked: Asked, words: Words): HTMLElement {
  const { type, key, choices } = asked;
  const id = `t-${key}`;
  const name = `q-${key}`;
  const common = { name, maxlength: asked.most || undefined, "aria-labelledby": id, "aria-describedby": asked.help && `h-${key}`, "aria-required": asked.required && "true" };
  let field: HTMLElement | false = false;
  if (choices.length) field = chosen(asked, words);
  else if (type == "long_text") field = make("textarea", { ...common, rows: 3 });
  else if (type == "consent") field = make("label", { class: "choice consent" }, make("input", { type: "checkbox", name, value: "yes", "aria-describedby": asked.help && `h-${key}` }), make("span", {}, asked.text));
  else if (type in WRITTEN) {
    const input = make("input", { ...common, ...WRITTEN[type], min: asked.low ?? undefined, max: asked.high ?? undefined });
    field = asked.unit ? make("div", { class: "unit" }, input, make("span", {}, asked.unit)) : input;
  }
  return make(
    choices.length ? "fieldset" : "div",
    { class: "question", "data-key": key, ...(choices.length && { "aria-labelledby": id, "aria-describedby": asked.help && `h-${key}` }) },
    make("p", { id, class: type == "consent" ? "hidden" : "text", tabindex: "-1" }, asked.text, !asked.required && type != "statement" && make("span", { class: "optional" }, ` ${words.optional}`)),
    !!asked.help && make("p", { id: `h-${key}`, class: "help" }, asked.help),
    field,
  );
}

/** Whether the step is one choice that says all: a click on it goes on by itself. */
export const isOneClick = ([first, ...others]: Asked[]): boolean =>
  !!first && !others.length && first.type != "multiple" && first.choices.length > 0 && !first.choices.some(([value]) => value == "other");
