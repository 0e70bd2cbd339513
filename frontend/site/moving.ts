/** Which cell an arrow key leads to in a table of `rows` × `columns`; null where the key means nothing or the edge is met. */
export function moved(key: string, row: number, column: number, rows: number, columns: number): [number, number] | null {
  const step: Record<string, [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Home: [0, -column],
    End: [0, columns - 1 - column],
  };
  const by = Object.hasOwn(step, key) ? step[key] : undefined;
  if (!by) return null;
  const next: [number, number] = [row + by[0], column + by[1]];
  return next[0] < 0 || next[1] < 0 || next[0] >= rows || next[1] >= columns ? null : next;
}
