/** Small help on the page where people answer. Everything works without it, and it sends nothing. */

for (const rows of document.querySelectorAll<HTMLElement>("[data-total]")) {
  const sum = rows.parentElement?.querySelector<HTMLElement>("[data-sum]");
  const inputs = [...rows.querySelectorAll<HTMLInputElement>("input")];
  const tell = () => {
    const total = inputs.reduce((made, input) => made + (/^\d+$/.test(input.value.trim()) ? Number(input.value) : 0), 0);
    if (!sum) return;
    sum.textContent = (sum.dataset.words ?? "{sum}").replace("{sum}", String(total));
    sum.classList.toggle("is-right", total === Number(rows.dataset.total));
  };
  rows.addEventListener("input", tell);
  tell();
}

// Writing something else chooses it; choosing "none of these" lets go of the others.
document.addEventListener("input", (event) => {
  const input = event.target as HTMLInputElement;
  const name = input.dataset.other;
  if (name && input.value) {
    const choice = document.querySelector<HTMLInputElement>(`input[name="${CSS.escape(name)}"][value="other"]`);
    if (choice) choice.checked = true;
  }
  if (input.type === "checkbox" && input.checked && input.name.startsWith("q-")) {
    const same = document.querySelectorAll<HTMLInputElement>(`input[name="${CSS.escape(input.name)}"]`);
    for (const each of same) {
      if (each !== input && (input.dataset.none !== undefined || each.dataset.none !== undefined)) each.checked = false;
    }
  }
});

document.querySelector<HTMLElement>(".problems")?.focus();
