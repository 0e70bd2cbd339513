/**
 * form.drop takes files that are dropped on it and sends what was chosen at once, with its progress. Without this script
 * the same form works by its own button.
 */
export function startImporting(root: Document): void {
  const form = root.querySelector<HTMLFormElement>("form.drop");
  const input = form?.querySelector<HTMLInputElement>("input[type=file]");
  if (!form || !input) return;
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = event.dataTransfer?.files;
    if (!dropped?.length || input.disabled) return;
    input.files = dropped;
    form.requestSubmit();
  });
  // A file that misses the form would open in place of the page.
  for (const name of ["dragover", "drop"]) root.addEventListener(name, (event) => event.preventDefault());
  input.addEventListener("change", () => input.files?.length && form.requestSubmit());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input);
  });
}

function send(form: HTMLFormElement, input: HTMLInputElement): void {
  const files = [...(input.files ?? [])];
  const words = form.dataset;
  if (files.length > Number(words["mostFiles"])) return tell(form, words["tooMany"] ?? "");
  if (bytesOf(files) > Number(words["most"])) return tell(form, words["tooLarge"] ?? "");
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  const line = form.querySelector<HTMLElement>(".drop-progress");
  const bar = line?.querySelector("progress");
  const share = line?.querySelector("span");
  request.upload.addEventListener("progress", (event) => {
    if (!bar || !share || !event.lengthComputable) return;
    bar.value = Math.round((100 * event.loaded) / event.total);
    share.textContent = `${bar.value} %`;
  });
  request.addEventListener("load", () => {
    if (request.status >= 400) return fail();
    // What is refused leads to a page that says why; what is taken tells where to go.
    const isTold = request.getResponseHeader("Content-Type")?.startsWith("application/json");
    window.location.assign(isTold ? (JSON.parse(request.responseText) as { address: string }).address : request.responseURL);
  });
  const fail = () => {
    input.disabled = false;
    if (line) line.hidden = true;
    tell(form, words["failed"] ?? "");
  };
  request.addEventListener("error", fail);
  tell(form, "");
  if (line) line.hidden = false;
  input.disabled = true;
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
}

export function bytesOf(files: readonly { size: number }[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function tell(form: HTMLFormElement, text: string): void {
  const place = form.querySelector<HTMLElement>(".errorlist");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}
