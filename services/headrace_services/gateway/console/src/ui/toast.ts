/** A message that passes. */
export interface Toast {
  id: number;
  tone: "info" | "failed";
  text: string;
  /** Where what happened is to be seen. */
  link?: { label: string; to: string };
}

const LIFE_MS = 6_000;
const FAILED_LIFE_MS = 15_000;

let toasts: readonly Toast[] = [];
let newest = 0;
const listeners = new Set<() => void>();

/** Returns the messages that are shown. */
export function currentToasts(): readonly Toast[] {
  return toasts;
}

/** Calls `listener` when they change. */
export function onToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows a message for a while. */
export function toast(text: string, options: Partial<Pick<Toast, "tone" | "link">> = {}): void {
  newest += 1;
  const shown: Toast = { id: newest, tone: "info", text, ...options };
  set([...toasts.slice(-3), shown]);
  setTimeout(() => dismiss(shown.id), shown.tone === "failed" ? FAILED_LIFE_MS : LIFE_MS);
}

/** Takes a message away. */
export function dismiss(id: number): void {
  set(toasts.filter((each) => each.id !== id));
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
