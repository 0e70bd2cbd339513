/** Which presses are one answer: those that follow each other within three seconds. The last of them counts. */
import type { Answer } from "./storage";

export const BURST = 3_000;

export const isSameAnswer = (last: Answer | undefined, at: number): boolean => {
  const press = last?.presses.at(-1);
  return !!press && at - press[0] < BURST && at >= press[0];
};

/** The answer after a press: another one, or the last with another face. What followed another face is gone. */
export function pressed(last: Answer | undefined, face: number, at: number, fresh: () => Pick<Answer, "number" | "token" | "version" | "language" | "test">): Answer {
  if (last && isSameAnswer(last, at)) return { ...last, face, chosen: {}, text: {}, presses: [...last.presses, [at, face] as [number, number]].slice(-200), done: false };
  return { ...fresh(), at, face, chosen: {}, text: {}, presses: [[at, face]], done: false };
}
