/** The place in a list where something dropped at `y` goes, given the middles of its items from top to bottom. */
export function placeAt(y: number, middles: readonly number[]): number {
  const below = middles.findIndex((middle) => y < middle);
  return below < 0 ? middles.length : below;
}
