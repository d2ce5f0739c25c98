import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";

import { classes } from "./classes.ts";
import styles from "./Button.module.css";

interface Look {
  /** `primary` for the one thing to do here, `danger` for what cannot be undone, `quiet` inside rows and bars. */
  kind?: "plain" | "primary" | "danger" | "quiet";
  icon?: ReactNode;
  small?: boolean;
}

/** A button. With `busy` it turns, and takes no second press; with `refusal` it does nothing and says why. */
export function Button({
  kind = "plain",
  icon,
  small,
  busy,
  className,
  children,
  disabled,
  refusal,
  title,
  onClick,
  ...rest
}: Look & { busy?: boolean; refusal?: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      // Not `disabled`: whoever comes with the keyboard is to find it, and to be told why.
      aria-disabled={refusal !== undefined || undefined}
      title={refusal ?? title}
      onClick={refusal === undefined ? onClick : (event) => event.preventDefault()}
      aria-busy={busy || undefined}
      className={classes(styles.button, styles[kind], small && styles.small, className)}
    >
      {busy ? <span className={styles.spinner} aria-hidden /> : icon}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ kind = "plain", icon, small, className, children, ...rest }: Look & LinkProps) {
  return (
    <Link {...rest} className={classes(styles.button, styles[kind], small && styles.small, className)}>
      {icon}
      {children}
    </Link>
  );
}
