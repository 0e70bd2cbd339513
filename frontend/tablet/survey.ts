/** Four faces; what follows a face; thanks. Whoever goes away leaves it ready for the next. */
import { face, make } from "../widget/elements";
import { now } from "./clock";
import { BURST, isSameAnswer, pressed } from "./presses";
import { told, type FollowUp, type InLanguage, type Setup } from "./setup";
import { occupy } from "./staying";
import { keepAnswer, type Answer } from "./storage";

const IDLE = 20_000;
const THANKS = 3_500;

const number = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export function showSurvey(main: HTMLElement, setup: Setup, token: string, isReady: () => void): void {
  let spoken: InLanguage = setup.languages[0]!;
  let answer: Answer | undefined;
  let ending: ReturnType<typeof setTimeout>;
  let writing = Promise.resolve();
  const { theme } = setup;
  for (const [name, colour] of [["paper", theme.background], ["ink", theme.ink], ["grey", theme.ink], ["accent", theme.accent], ["on", theme.on_accent]] as const)
    if (colour) document.documentElement.style.setProperty(`--${name}`, colour);

  const heading = make("h1", { id: "question" });
  const help = make("p", { class: "help" });
  const faces = make("div", { class: "faces", role: "group", "aria-labelledby": "question" });
  const following = make("div", { class: "following" });
  const status = make("p", { class: "hidden", role: "status" });
  const languages = make("div", { class: "languages" });

  /** Keep the answer as it is now; one write follows the other. */
  function keep(): Promise<void> {
    const kept = answer!;
    return (writing = writing.catch(() => undefined).then(() => keepAnswer(kept)));
  }

  async function press(value: number): Promise<void> {
    void document.documentElement.requestFullscreen?.({ navigationUI: "hide" }).catch(() => undefined);
    const at = now();
    if (answer && !isSameAnswer(answer, at)) void finish();
    const test = document.body.classList.contains("is-testing");
    answer = pressed(answer, value, at, () => ({ number: number(), token, version: setup.version, language: spoken.language, test }));
    occupy(true);
    for (const [index, button] of [...faces.children].entries()) button.setAttribute("aria-pressed", `${index + 1 == value}`);
    main.classList.add("has-answer");
    await keep();
    const keys = setup.follow[value] ?? [];
    if (keys.length) ask(keys);
    else thank();
  }

  /** After a face: reasons by tapping, and perhaps a few words. */
  function ask(keys: string[]): void {
    const parts = keys.map((key) => [key, spoken.questions[key]] as const).filter((part): part is readonly [string, FollowUp] => !!part[1]);
    const written = parts.some(([, { type }]) => type.endsWith("_text"));
    const isDone = make("button", { class: "done", click: () => thank() }, spoken.words.skip);
    const several = written || parts.some(([, { type }]) => type == "multiple");
    following.replaceChildren(
      ...parts.map(([key, asked]) => (asked.type.endsWith("_text") ? field(key, asked) : reasons(key, asked, !several))),
      isDone,
    );
    following.addEventListener("input", () => (isDone.textContent = spoken.words.send), { once: true });
    following.addEventListener("click", (event) => {
      if ((event.target as Element).closest(".reason")) isDone.textContent = spoken.words.send;
    });
    status.textContent = parts[0]?.[1].text ?? "";
    rest(IDLE, thank);
  }

  function reasons(key: string, asked: FollowUp, ends: boolean): HTMLElement {
    const tap = (value: string, button: HTMLElement) => {
      const before = answer!.chosen[key] ?? [];
      const alone = asked.type == "single" || value == "none";
      const next = before.includes(value) ? before.filter((each) => each != value) : alone ? [value] : [...before.filter((each) => each != "none"), value];
      answer = { ...answer!, chosen: { ...answer!.chosen, [key]: next } };
      for (const each of button.parentElement!.children) each.setAttribute("aria-pressed", `${next.includes((each as HTMLElement).dataset["value"]!)}`);
      void keep();
      if (ends && next.length) thank();
      else rest(IDLE, thank);
    };
    const id = `t-${key}`;
    return make(
      "section",
      {},
      make("h2", { id }, asked.text),
      make(
        "div",
        { class: "reasons", role: "group", "aria-labelledby": id },
        ...asked.choices.map(([value, label]) => make("button", { class: "reason", "data-value": value, "aria-pressed": "false", click: (event) => tap(value, event.currentTarget as HTMLElement) }, label)),
      ),
    );
  }

  function field(key: string, asked: FollowUp): HTMLElement {
    const id = `t-${key}`;
    const input = make("textarea", {
      rows: 2,
      maxlength: asked.most,
      "aria-labelledby": id,
      input: () => {
        answer = { ...answer!, text: { ...answer!.text, [key]: input.value } };
        void keep();
        rest(IDLE * 2, thank);
      },
    });
    return make("section", {}, make("h2", { id }, asked.text), input);
  }

  /** The answer is whole, though for three seconds its face may still be corrected. */
  function thank(): void {
    const text = spoken.thanks || spoken.words.thanks;
    following.replaceChildren(make("p", { class: "thanks" }, text));
    status.textContent = text;
    rest(Math.max(THANKS, BURST), () => void reset());
  }

  function rest(time: number, then: () => void): void {
    clearTimeout(ending);
    occupy(true);
    ending = setTimeout(then, time);
  }

  async function finish(): Promise<void> {
    if (!answer || answer.done) return;
    answer = { ...answer, done: true };
    await keep();
    isReady();
  }

  async function reset(): Promise<void> {
    clearTimeout(ending);
    await finish();
    answer = undefined;
    spoken = setup.languages[0]!;
    draw();
    occupy(false);
  }

  function draw(): void {
    document.documentElement.lang = spoken.language;
    heading.textContent = spoken.question;
    help.textContent = spoken.help;
    main.classList.remove("has-answer");
    following.replaceChildren();
    status.textContent = "";
    faces.replaceChildren(
      ...spoken.labels.map((label, index) => make("button", { class: `choose choose-${index + 1}`, "aria-pressed": "false", click: () => void press(index + 1) }, face(index + 1), make("span", {}, label))),
    );
    languages.replaceChildren(
      ...(setup.languages.length > 1 ? setup.languages : []).map((each) =>
        make("button", { lang: each.language, "aria-pressed": `${each == spoken}`, click: () => ((spoken = each), draw(), rest(IDLE, () => void reset())) }, each.words.language),
      ),
    );
  }

  draw();
  main.replaceChildren(languages, heading, help, faces, following, status, make("p", { class: "testing" }, told["testing"]));
}
