import { startCopying } from "./copying";
import { startExplore } from "./explore";
import { startFeelings } from "./feeling";
import "./htmx";
import { startMap } from "./map";
import { startMenus } from "./menus";
import { startPickers } from "./picking";
import { startTooltips } from "./tooltips";
import { startWeb } from "./web";

startMenus(document);
startFeelings(document);
startTooltips(document);
startMap(document);
startCopying(document);
startExplore(document);
startPickers(document);
startWeb(document);
