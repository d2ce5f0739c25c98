import { Search } from "lucide-react";
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from "react";

import { classes } from "./classes.ts";
import styles from "./Field.module.css";

/** A field to search with. */
export function SearchField({ label, className, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <span className={classes(styles.search, className)}>
      <Search size={14} aria-hidden />
      <input type="search" aria-label={label} placeholder={label} autoComplete="off" spellCheck={false} {...rest} />
    </span>
  );
}

/** A field for a line of text. */
export function TextField({ label, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return <input className={styles.input} aria-label={label} placeholder={label} autoComplete="off" {...rest} />;
}

/** A choice from a list. */
export function Select({ label, children, ...rest }: { label: string; children: ReactNode } & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <select className={styles.select} aria-label={label} title={label} {...rest}>
      {children}
    </select>
  );
}

/** A box to tick, with or without words beside it. */
export function Checkbox({
  label,
  hideLabel,
  indeterminate,
  ...rest
}: { label: string; hideLabel?: boolean; indeterminate?: boolean } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={styles.checkbox}>
      <input
        type="checkbox"
        {...rest}
        ref={(element) => {
          if (element) element.indeterminate = indeterminate ?? false;
        }}
      />
      <span className={hideLabel ? "visually-hidden" : undefined}>{label}</span>
    </label>
  );
}

/** Switches something on and off; with `refusal` it does not, and says why. */
export function Switch({ label, on, busy, refusal, onChange }: { label: string; on: boolean; busy?: boolean; refusal?: string; onChange(on: boolean): void }) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      title={refusal ?? label}
      aria-busy={busy}
      aria-disabled={refusal !== undefined || undefined}
      disabled={busy}
      className={styles.switch}
      onClick={() => refusal === undefined && onChange(!on)}
    />
  );
}
