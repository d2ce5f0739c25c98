import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "react-router";

import styles from "./Tabs.module.css";

/** One tab; `to` is its address, so that it can be linked to and gone back to. */
export interface Tab {
  id: string;
  label: ReactNode;
  to: string;
}

/** Tabs as links; where they are wider than the screen, the current one is in sight. */
export function Tabs({ tabs, current, label }: { tabs: Tab[]; current: string; label: string }) {
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const link = bar.current?.querySelector<HTMLElement>("[aria-current]");
    // Not `scrollIntoView`: the page is to stay where it is.
    if (link) bar.current!.scrollLeft = link.offsetLeft - bar.current!.offsetLeft - (bar.current!.clientWidth - link.offsetWidth) / 2;
    // The link is found by what the current tab has set.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [current]);
  return (
    <nav ref={bar} className={styles.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.id} to={tab.to} replace preventScrollReset aria-current={tab.id === current ? "page" : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

/** A choice between a few ways to see the same. */
export function Segmented<T extends string>({
  options,
  value,
  onChange,
  label,
}: {
  options: { value: T; label: ReactNode }[];
  value: T;
  onChange(value: T): void;
  label: string;
}) {
  return (
    <div className={styles.segmented} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
