/** The script's own tag: where it came from, and what the site chose by its attributes. */
const script = document.currentScript as HTMLScriptElement;

/** `key`, and perhaps `cookieless`, `consent`, `search`, `results`, `page`. */
export const { dataset } = script;

/** Beside the script, so that a site may serve both from an address of its own. */
export const address = new URL("v1/b", script.src).href;
