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

export default htmx;
