/** Which of `count` results the arrow keys lead to from result `at`; −1 is the field above them, null where the key means nothing. */
export function stepped(key: string, at: number, count: number): number | null {
  if (key === "ArrowDown") return Math.min(at + 1, count - 1);
  if (key === "ArrowUp") return Math.max(at - 1, -1);
  return null;
}
