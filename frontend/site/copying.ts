/** Buttons with data-copy="ID" put the text of that element on the clipboard, and say so by data-copied. */
const SHOWN = 2_500;

export function startCopying(root: Document): void {
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-copy]") : null;
    const source = button && root.getElementById(button.dataset["copy"] ?? "");
    if (button && source) void copy(root, source).then((copied) => copied && say(button));
  });
}

/** Without HTTPS there is no clipboard for scripts: then the text is at least selected, ready for the keyboard. */
async function copy(root: Document, source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    root.getSelection()?.selectAllChildren(source);
    return false;
  }
}

function say(button: HTMLButtonElement): void {
  const before = button.textContent;
  const words = button.dataset["copied"] ?? "";
  if (!words || before === words) return;
  button.textContent = words;
  window.setTimeout(() => (button.textContent = before), SHOWN);
}
