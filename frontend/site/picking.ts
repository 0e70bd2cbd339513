/** Lists to choose from, with search: a <select data-picker> becomes a field that one can type in. The select stays
    the form's own field, so everything works without this too; fingers keep the device's own list. */
export interface Choice {
  value: string;
  name: string;
  note: string;
  people: string;
  group: string;
}

const MOST_SHOWN = 200;

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The choices in whose name, or name in the data, every word typed is found. */
export function matching(choices: readonly Choice[], typed: string): Choice[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return choices.filter((choice) => {
    const text = plain(`${choice.name} ${choice.note}`);
    return words.every((word) => text.includes(word));
  });
}

export function startPickers(root: Document): void {
  const enhanceAll = () => root.querySelectorAll<HTMLSelectElement>("select[data-picker]:not([hidden])").forEach(enhance);
  if (window.matchMedia("(pointer: coarse)").matches) return;
  enhanceAll();
  root.addEventListener("htmx:load", enhanceAll);
}

function enhance(select: HTMLSelectElement): void {
  const choices = [...select.options]
    .filter((option) => option.value)
    .map((option) => ({
      value: option.value,
      name: option.textContent?.trim() ?? "",
      note: option.dataset["note"] ?? "",
      people: option.dataset["people"] ?? "",
      group: option.parentElement instanceof HTMLOptGroupElement ? option.parentElement.label : "",
    }));
  const blank = [...select.options].find((option) => !option.value)?.textContent?.trim() ?? "";
  const id = select.id;
  const input = document.createElement("input");
  Object.assign(input, { type: "text", className: "picker-input", id, autocomplete: "off", spellcheck: false, placeholder: blank });
  const list = document.createElement("div");
  list.className = "picker-list";
  list.id = `${id}-list`;
  list.hidden = true;
  const attributes = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent?.trim() ?? "");

  const had = document.activeElement === select;
  const box = document.createElement("div");
  box.className = "picker-box";
  select.before(box);
  select.hidden = true;
  select.removeAttribute("id");
  box.append(input, list, select);
  const chosen = () => choices.find((choice) => choice.value === select.value);
  const restore = () => (input.value = chosen()?.name ?? "");
  restore();
  if (had) input.focus();

  let shown: Choice[] = [];
  let active = -1;

  function draw(typed: string): void {
    shown = matching(choices, typed).slice(0, MOST_SHOWN);
    let group = "";
    let section: HTMLElement = list;
    list.replaceChildren();
    shown.forEach((choice, place) => {
      if (choice.group !== group || !place) {
        group = choice.group;
        section = document.createElement("div");
        section.setAttribute("role", "group");
        section.setAttribute("aria-label", group);
        const head = document.createElement("div");
        head.className = "picker-group";
        head.setAttribute("aria-hidden", "true");
        head.textContent = group;
        section.append(head);
        list.append(section);
      }
      const option = document.createElement("div");
      option.className = "picker-option";
      option.id = `${id}-option-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(choice.value === select.value));
      const name = document.createElement("span");
      name.textContent = choice.name;
      const people = document.createElement("span");
      people.className = "grey";
      people.textContent = choice.people;
      option.append(name, people);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => pick(choice));
      section.append(option);
    });
    if (!shown.length) {
      const none = document.createElement("div");
      none.className = "picker-none";
      none.textContent = select.dataset["none"] ?? "";
      list.append(none);
    }
    move(shown.length && typed ? 0 : shown.findIndex((choice) => choice.value === select.value));
  }

  function move(place: number): void {
    list.querySelector(".is-active")?.classList.remove("is-active");
    active = place;
    const option = list.querySelector<HTMLElement>(`#${CSS.escape(`${id}-option-${place}`)}`);
    option?.classList.add("is-active");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function open(typed = ""): void {
    draw(typed);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    move(active);
  }

  function close(): void {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    restore();
  }

  function pick(choice: Choice): void {
    const changed = choice.value !== select.value;
    select.value = choice.value;
    close();
    if (changed) select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  input.addEventListener("click", () => {
    if (!list.hidden) return;
    input.select();
    open();
  });
  input.addEventListener("input", () => open(input.value));
  // What is typed is a search, no change of the form.
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else if (shown.length) move((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const choice = list.hidden ? undefined : shown[active];
      if (choice) pick(choice);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
}
