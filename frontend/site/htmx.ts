import htmx from "htmx.org";

// The content security policy allows neither eval nor injected styles; nothing here needs them.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.allowScriptTags = false;
// What was drawn anew must answer keys at once: in the usual pause a quick Enter would load the whole page.
htmx.config.defaultSettleDelay = 0;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.defaultSwapStyle = "outerHTML";

// A form that saves itself when a field changes must not press the button that Tab went to: htmx takes a button that has
// the focus for the one that was clicked.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, triggeringEvent, formData } = (event as CustomEvent).detail;
  if (!(elt instanceof HTMLFormElement) || triggeringEvent?.type === "submit") return;
  for (const button of elt.querySelectorAll<HTMLButtonElement>("button[name]")) formData.delete(button.name);
});

export default htmx;
