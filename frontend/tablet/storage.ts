/** What outlives a crash: the device's token, what to show, and answers that the server has not stored yet. */
import type { Setup } from "./setup";

/** One answer. Times are milliseconds since 1970. */
export interface Answer {
  number: string;
  /** Of the pairing by which it was given. */
  token: string;
  at: number;
  face: number;
  version: number;
  language: string;
  chosen: Record<string, string[]>;
  text: Record<string, string>;
  /** Presses that became this answer: (time, face). */
  presses: [number, number][];
  test: boolean;
  /** Nothing more is to come: it may be sent. */
  done: boolean;
}

export interface Device {
  token: string;
  name: string;
  /** Milliseconds that the server's clock was ahead of this device's at the last contact. */
  ahead: number;
  setup?: Setup;
}

let opened: Promise<IDBDatabase> | undefined;

const settled = <Kind>(request: IDBRequest<Kind>): Promise<Kind> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("polku-tablet", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("device");
      request.result.createObjectStore("answers", { keyPath: "number" });
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opened = undefined);
      resolve(request.result);
    };
    request.onerror = () => {
      opened = undefined;
      reject(request.error);
    };
  });
  return opened;
}

/** Change a store; resolves when it is on the disk, not only with the operating system. */
async function change(name: "device" | "answers", act: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await database()).transaction(name, "readwrite", { durability: "strict" });
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  act(transaction.objectStore(name));
  return done;
}

export const keepAnswer = (answer: Answer): Promise<void> => change("answers", (store) => store.put(answer));

export const forgetAnswers = (numbers: string[]): Promise<void> => change("answers", (store) => numbers.forEach((number) => store.delete(number)));

/** All that are kept, the earliest first. */
export async function keptAnswers(): Promise<Answer[]> {
  const found: Answer[] = await settled((await database()).transaction("answers").objectStore("answers").getAll());
  return found.sort((one, other) => one.at - other.at);
}

export async function device(): Promise<Device | undefined> {
  return settled((await database()).transaction("device").objectStore("device").get("device"));
}

export const keepDevice = (found: Device): Promise<void> => change("device", (store) => store.put(found, "device"));
