export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const GAP = 6;
const EDGE = 8;

/** Where a box goes beside its anchor: under it, above it where there is no room, and never past the window's edge. */
export function place(anchor: Box, box: Box, view: { width: number; height: number }): { left: number; top: number } {
  const under = anchor.top + anchor.height + GAP;
  const above = anchor.top - box.height - GAP;
  const top = under + box.height <= view.height - EDGE || above < EDGE ? under : above;
  const left = Math.max(EDGE, Math.min(anchor.left, view.width - box.width - EDGE));
  return { left, top };
}
