/** The five steps of a feeling and its slider follow each other; without this script the server makes them agree. */
export function startFeelings(root: Document): void {
  root.addEventListener("input", (event) => {
    const changed = event.target as HTMLInputElement;
    const field = changed.closest?.("[data-feeling]");
    if (!field) return;
    const slider = field.querySelector<HTMLInputElement>("input[type=range]")!;
    const steps = [...field.querySelectorAll<HTMLInputElement>("input[type=radio][data-value]")];
    if (changed === slider) {
      nearest(steps, Number(slider.value)).checked = true;
    } else if (changed.dataset.value) {
      slider.value = changed.dataset.value;
    }
  });
}

function nearest(steps: HTMLInputElement[], feeling: number): HTMLInputElement {
  const distance = (step: HTMLInputElement) => Math.abs(Number(step.dataset.value) - feeling);
  return steps.reduce((best, step) => (distance(step) < distance(best) ? step : best));
}
