/** The what-if: sliders follow the numbers beside them and write into them; what they make is worked out by the server. */

const lines = (root: ParentNode) => [...root.querySelectorAll<HTMLInputElement>("input[data-slides]")];

export function startRevenue(root: Document): void {
  begin(root);
  root.addEventListener("htmx:load", (event) => begin((event as CustomEvent<{ elt: HTMLElement }>).detail.elt));

  root.addEventListener("input", (event) => {
    const moved = event.target as HTMLInputElement;
    const form = moved.closest<HTMLFormElement>("#what-if-form");
    if (!form) return;
    const slider = lines(form).find((each) => each === moved || each.dataset["slides"] === moved.id);
    const number = slider && root.getElementById(slider.dataset["slides"] ?? "");
    if (!slider || !(number instanceof HTMLInputElement)) return;
    if (moved === slider) number.value = written(slider.valueAsNumber, form.dataset["decimal"] ?? ".");
    else place(slider, read(number.value));
    say(slider, number);
  });

  // What is at its default stays out of the address.
  root.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent).detail;
    if (elt.id !== "revenue-choices") return;
    for (const [name, usual] of [["range", "28"], ["segment", ""], ["compare", "previous"], ["by", "channel"]] as const) if (parameters[name] === usual) delete parameters[name];
    if (parameters["range"] !== "custom") for (const name of ["from", "to"]) delete parameters[name];
  });
}

function begin(root: ParentNode): void {
  for (const slider of lines(root)) {
    slider.hidden = false;
    const number = document.getElementById(slider.dataset["slides"] ?? "");
    if (number instanceof HTMLInputElement) say(slider, number);
  }
  for (const button of root.querySelectorAll<HTMLElement>("#what-if-form [data-without-script]")) button.hidden = true;
}

/** A number as people write it, in either language's form; NaN where it is none. */
export function read(text: string): number {
  const plain = text.replace(/[\s€%]/g, "").replace(",", ".");
  return /^\d+(\.\d*)?$/.test(plain) ? Number(plain) : NaN;
}

/** Without the noise of steps that binary fractions cannot hold. */
export function written(value: number, decimal: string): string {
  return String(Number(value.toFixed(6))).replace(".", decimal);
}

function place(slider: HTMLInputElement, value: number): void {
  if (Number.isNaN(value)) return;
  if (value > Number(slider.max)) slider.max = String(value);
  slider.value = String(value);
}

/** A screen reader says the number that stands beside the slider, not the nearest step. */
function say(slider: HTMLInputElement, number: HTMLInputElement): void {
  slider.setAttribute("aria-valuetext", `${number.value} ${slider.dataset["unit"] ?? ""}`.trim());
}
