/** The card itself: in a corner it leaves the page's focus alone, as a dialog it takes it and gives it back. */
import { draw, make } from "./elements";
import { isOneClick, question } from "./questions";
import { post, type Answered, type Shown, type Step, type Target } from "./settings";
import { style } from "./style";
import { ids } from "./visitor";

const number = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Show the survey; resolves when the visitor has closed it. */
export function open(target: Target, shown: Shown): Promise<void> {
  const { words, theme } = shown;
  const host = make("div", { lang: shown.language });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  for (const [name, colour] of [["paper", theme.background], ["ink", theme.ink], ["grey", theme.ink], ["accent", theme.accent], ["on", theme.on_accent]] as const)
    if (colour) host.style.setProperty(`--${name}`, colour);
  if (theme.background) host.style.setProperty("--wash", theme.background);

  const body = make("div");
  const status = make("p", { class: "hidden", role: "status" });
  const title = make("h2", { id: "title" }, shown.title);
  const isModal = target.place == "dialog";
  const dialog = make(
    "dialog",
    { class: target.place, "aria-labelledby": "title", "aria-modal": isModal && "true" },
    make(
      "div",
      { class: "top" },
      title,
      make("button", { type: "button", class: "close", "aria-label": words.close, click: () => close() }, draw("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, draw("path", { d: "M3 3l10 10M13 3L3 13" }))),
    ),
    body,
    status,
  );
  const id = number();
  /** Fields of the form, of all steps so far. */
  const given: Record<string, string[]> = {};
  let before: Element | null = document.activeElement;
  let gone!: () => void;
  const closed = new Promise<void>((resolve) => (gone = resolve));

  function close(): void {
    const isInside = !!root.activeElement;
    if (isModal) dialog.close();
    host.remove();
    if (isInside && before instanceof HTMLElement) before.focus({ preventScroll: true });
    gone();
  }

  /** Put something new into the card. Whoever is in it goes on from its beginning. */
  function put(...content: (Node | false)[]): boolean {
    const isInside = !!root.activeElement;
    body.replaceChildren(...(content.filter(Boolean) as Node[]));
    if (isInside) (body.querySelector<HTMLElement>("[tabindex], .go") ?? body).focus({ preventScroll: true });
    dialog.scrollTop = 0;
    return isInside;
  }

  function say(problem: string, key?: string): void {
    body.querySelector(".problem")?.remove();
    const at = [...body.querySelectorAll<HTMLElement>(".question")].find((each) => each.dataset["key"] == key) ?? body.querySelector("form");
    at?.append(make("p", { class: "problem", role: "alert" }, problem));
    if (key) at?.querySelector<HTMLElement>("input, textarea")?.focus();
  }

  function ask(step: Step): void {
    const button = make("button", { class: "go" }, words.next);
    let isSending = false;
    async function send(): Promise<void> {
      if (isSending) return;
      isSending = true;
      button.setAttribute("aria-disabled", "true");
      const page = step.questions.map(({ key }) => key);
      for (const key of page) for (const name of Object.keys(given)) if (name == `q-${key}` || name == `q-${key}-other`) delete given[name];
      new FormData(form).forEach((value, name) => (given[name] ??= []).push(`${value}`));
      try {
        const answered = await post<Answered>("answer", { link: target.link, number: id, version: shown.version, language: shown.language, page, form: given, ...ids() });
        if (answered.problem) say(answered.problem.text, answered.problem.key);
        else if (answered.step) return ask(answered.step);
        else return thank(answered);
      } catch {
        say(words.again);
      }
      isSending = false;
      button.removeAttribute("aria-disabled");
    }
    const form = make(
      "form",
      { novalidate: true, submit: (event) => (event.preventDefault(), void send()) },
      ...step.questions.map((asked) => question(asked, words)),
      button,
    );
    // The arrow keys choose too, and click with no detail: they must be able to go on choosing.
    if (isOneClick(step.questions)) form.addEventListener("click", (event) => event.detail > 0 && event.target instanceof HTMLInputElement && void send());
    put(form);
  }

  function thank({ thanks }: Answered): void {
    const text = thanks?.text || words.thanks;
    const isHeard = put(
      make("p", { class: "text", tabindex: "-1" }, text),
      !!thanks?.url && make("p", {}, make("a", { class: "go", href: thanks.url, target: "_blank", rel: "noopener" }, thanks.label)),
    );
    if (!isHeard) status.textContent = text;
  }

  dialog.addEventListener("cancel", (event) => (event.preventDefault(), close()));
  dialog.addEventListener("keydown", (event) => event.key == "Escape" && !isModal && close());
  host.addEventListener("focusin", (event) => {
    if (event.relatedTarget instanceof Element && event.relatedTarget != host) before = event.relatedTarget;
  });
  root.append(dialog);
  document.body.append(host);
  if (shown.intro) dialog.insertBefore(make("p", {}, shown.intro), body);
  if (shown.step) ask(shown.step);
  else put(make("a", { class: "go", href: shown.page, target: "_blank", rel: "noopener", click: () => setTimeout(close) }, words.open));
  if (isModal) {
    dialog.showModal();
    body.querySelector<HTMLElement>("[tabindex], .go")?.focus(); // rather than the button that closes
  } else {
    dialog.setAttribute("open", ""); // show() would take the focus from what the visitor is doing
    setTimeout(() => (status.textContent = `${words.survey}: ${shown.title}`), 100);
  }
  return closed;
}
