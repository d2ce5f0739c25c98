import { Code, type Interceptor } from "@connectrpc/connect";

import { problem } from "./errors.ts";

/** The token that calls show, and whether the gateway wants another. */
export interface Session {
  token: string;
  refused: boolean;
}

const KEY = "headrace.token";
const HEADER = "authorization";
const listeners = new Set<() => void>();
let current: Session = { token: kept(), refused: false };

/** Returns how we are known to the gateway, as far as the last call tells. */
export function session(): Session {
  return current;
}

/** Calls `listener` whenever that changes. */
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows a token from now on: until this window is closed, or until one signs out with `stay`. */
export function signIn(token: string, stay: boolean): void {
  forget();
  try {
    (stay ? localStorage : sessionStorage).setItem(KEY, token);
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
  set({ token, refused: false });
}

/** Forgets the token, and with the page all that was read with it. */
export function signOut(): void {
  forget();
  window.location.reload();
}

/** Resolves as soon as the gateway has no objection to our token, or `signal` fires. */
export function whenAdmitted(signal: AbortSignal): Promise<void> {
  if (!current.refused || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (current.refused && !signal.aborted) return;
      unsubscribe();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const unsubscribe = onSession(done);
    signal.addEventListener("abort", done);
  });
}

/** Takes note that a call was refused for the token that it showed. */
export function noteRefusal(error: unknown, shown: string): void {
  if (problem(error).code === Code.Unauthenticated && shown === current.token && !current.refused) set({ ...current, refused: true });
}

/** Shows the token on every call that has none of its own, and notices when it is refused. */
export const showToken: Interceptor = (next) => async (request) => {
  const { token } = current;
  if (token && !request.header.has(HEADER)) request.header.set(HEADER, `Bearer ${token}`);
  try {
    return await next(request);
  } catch (error) {
    noteRefusal(error, token);
    throw error;
  }
};

function set(next: Session): void {
  current = next;
  for (const listener of listeners) listener();
}

function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
