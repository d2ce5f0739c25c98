import { useEffect, useEffectEvent } from "react";

/** What keys do, by what they are called in `KeyboardEvent.key`; two keys in a row are written `g r`. */
export type Shortcuts = Record<string, () => void>;

const SEQUENCE_MS = 900;

/** Acts on keys that are pressed while nobody types into a field. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const act = useEffectEvent((keys: string): boolean => {
    const action = shortcuts[keys];
    action?.();
    return action !== undefined;
  });
  useEffect(() => {
    let before = "";
    let time = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      const pair = event.timeStamp - time < SEQUENCE_MS ? `${before} ${event.key}` : "";
      before = event.key;
      time = event.timeStamp;
      if ((pair && act(pair)) || act(event.key)) event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
