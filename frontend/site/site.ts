import { startCopying } from "./copying";
import { startFeelings } from "./feeling";
import "./htmx";
import { startMap } from "./map";
import { startMenus } from "./menus";
import { startTooltips } from "./tooltips";

startMenus(document);
startFeelings(document);
startTooltips(document);
startMap(document);
startCopying(document);
