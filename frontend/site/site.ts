import "./htmx";
import { startMenus } from "./menus";

startMenus(document);
