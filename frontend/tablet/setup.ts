/** What the server says that the tablet shows, and what the page says itself. */

export interface FollowUp {
  type: "single" | "multiple" | "short_text" | "long_text";
  text: string;
  most: number;
  choices: [value: string, label: string][];
}

export interface InLanguage {
  language: string;
  question: string;
  help: string;
  labels: string[];
  thanks: string;
  words: Record<"thanks" | "send" | "skip" | "other" | "language", string>;
  questions: Record<string, FollowUp>;
}

export interface Setup {
  mark: string;
  tablet: string;
  version: number;
  smiley: string;
  /** Face → keys of what is asked after it. */
  follow: Record<string, string[]>;
  languages: InLanguage[];
  theme: { accent?: string; on_accent?: string; background?: string; ink?: string };
}

/** Words of the page itself, in the language of whoever sets the tablet up. */
export const told: Record<string, string> = JSON.parse(document.getElementById("told")!.textContent!);
