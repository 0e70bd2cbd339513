/** Making elements without a line of HTML, so that no content policy of the page stands in the way. */

type Child = Node | string | false | undefined;
type Attributes = Record<string, string | number | boolean | undefined | EventListener>;

function fill<Kind extends Element>(element: Kind, attributes: Attributes, children: Child[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value == "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== "") element.setAttribute(name, `${value}`);
  }
  element.append(...(children.filter(Boolean) as (Node | string)[]));
  return element;
}

export const make = <Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Name] =>
  fill(document.createElement(name), attributes, children);

export const draw = (name: string, attributes: Attributes, ...children: Child[]): SVGElement =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name) as SVGElement, attributes, children);

const MOUTHS = ["M8 17q4-5 8 0", "M8 16.5q4-2.5 8 0", "M8 15q4 2.5 8 0", "M7.5 14q4.5 6 9 0"];

/** One of the four faces, 4 the happiest. Drawn in the colour of the text around it. */
export const face = (value: number): SVGElement =>
  draw(
    "svg",
    { viewBox: "0 0 24 24", "aria-hidden": "true", class: `face face-${value}` },
    draw("circle", { cx: 12, cy: 12, r: 10.5 }),
    draw("path", { d: `M8.5 9v1M15.5 9v1${MOUTHS[value - 1] ?? ""}` }),
  );

export const star = (): SVGElement =>
  draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "star" }, draw("path", { d: "M12 2.6l2.9 6 6.5.9-4.7 4.6 1.1 6.5-5.8-3.1-5.8 3.1 1.1-6.5L2.6 9.5l6.5-.9z" }));
