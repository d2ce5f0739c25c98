import { ChevronDown } from "lucide-react";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";

import { Button } from "./Button.tsx";
import styles from "./Menu.module.css";

/** One thing to choose. */
export interface MenuItem {
  label: string;
  /** What it means, in a line. */
  hint?: string;
  disabled?: boolean;
  onChoose(): void;
}

/** A button that opens a list of things to do. */
export function Menu({ label, icon, items, busy, refusal, kind }: { label: string; icon?: ReactNode; items: MenuItem[]; busy?: boolean; refusal?: string; kind?: "plain" | "primary" }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLButtonElement>("[role=menuitem]:not(:disabled)")?.focus();
    const outside = (event: PointerEvent) => !root.current?.contains(event.target as Node) && setOpen(false);
    window.addEventListener("pointerdown", outside);
    return () => window.removeEventListener("pointerdown", outside);
  }, [open]);
  const moved = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") setOpen(false);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const choices = [...root.current!.querySelectorAll<HTMLButtonElement>("[role=menuitem]:not(:disabled)")];
    const next = choices.indexOf(document.activeElement as HTMLButtonElement) + step;
    choices.at(next % choices.length)?.focus();
  };
  return (
    <div ref={root} className={styles.root} onKeyDown={moved}>
      <Button kind={kind} icon={icon} busy={busy} refusal={refusal} aria-haspopup="menu" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
        <ChevronDown size={14} aria-hidden />
      </Button>
      {open && (
        <div id={id} role="menu" className={styles.menu}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              disabled={item.disabled}
              onClick={() => {
                setOpen(false);
                item.onChoose();
              }}
            >
              <span>{item.label}</span>
              {item.hint && <small>{item.hint}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
