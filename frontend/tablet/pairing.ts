/** Where a code of the console makes this device a tablet of the company. */
import { make } from "../widget/elements";
import { told } from "./setup";

export function showPairing(main: HTMLElement, problem: string, pair: (code: string) => Promise<void>): void {
  const input = make("input", {
    id: "code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 12,
    required: true,
    "aria-describedby": "help problem",
  });
  const sentence = make("p", { id: "problem", class: "problem", role: "alert" }, problem);
  const button = make("button", {}, told["pair"]);
  const submit = async (event: Event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await pair(input.value);
    } catch (refusal) {
      const status = refusal instanceof Response ? refusal.status : 0;
      sentence.textContent = told[status == 404 ? "wrong" : status == 429 ? "often" : "offline"]!;
      button.disabled = false;
      input.select();
    }
  };
  main.replaceChildren(
    make(
      "form",
      { class: "pairing", submit: (event) => void submit(event) },
      make("h1", {}, "Polku"),
      make("label", { for: "code" }, told["code"]),
      input,
      make("p", { id: "help" }, told["help"]),
      sentence,
      button,
    ),
  );
  input.focus();
}
