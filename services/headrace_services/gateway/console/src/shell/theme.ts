import { useSyncExternalStore } from "react";

/** Which colours are shown: the reader's choice, or the system's. */
export type Theme = "system" | "light" | "dark";

const KEY = "headrace.theme";
const listeners = new Set<() => void>();

/** Returns the chosen theme. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (document.documentElement.dataset["theme"] as Theme | undefined) ?? "system",
  );
}

/** Shows a theme from now on, and after the next start too. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
  for (const listener of listeners) listener();
}
