import { CircleAlert, Info, SearchX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { problem } from "@/api/errors.ts";
import { Button } from "./Button.tsx";
import styles from "./Notice.module.css";
import { advice } from "./advice.ts";

const ICONS = { info: Info, warning: TriangleAlert, failed: CircleAlert };

/** Something to know, in a frame. */
export function Notice({
  tone = "info",
  title,
  actions,
  children,
}: {
  tone?: keyof typeof ICONS;
  title: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const Icon = ICONS[tone];
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "failed" ? "alert" : undefined}>
      <Icon size={17} aria-hidden />
      <div className={styles.text}>
        <strong>{title}</strong>
        {children && <div>{children}</div>}
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** A call that failed: what went wrong, what is to be done, and a way to try again. */
export function Failed({ error, what, onRetry }: { error: unknown; what: string; onRetry?: () => void }) {
  const { message, violations } = problem(error);
  return (
    <Notice
      tone="failed"
      title={`Could not ${what}`}
      actions={
        onRetry && (
          <Button small onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <p>{message}</p>
      {violations.length > 0 && (
        <ul className={styles.violations}>
          {violations.map(({ field, description }) => (
            <li key={`${field}: ${description}`}>
              {field && <code>{field}</code>} {description}
            </li>
          ))}
        </ul>
      )}
      {advice(error) && <p className={styles.advice}>{advice(error)}</p>}
    </Notice>
  );
}

/** Nothing to show: why, and what would change that. */
export function Empty({
  title,
  icon,
  actions,
  children,
}: {
  title: string;
  icon?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>{icon ?? <SearchX size={22} aria-hidden />}</span>
      <h3>{title}</h3>
      {children && <div className={styles.emptyText}>{children}</div>}
      {actions}
    </div>
  );
}

/** Room for what is being read; it shows itself only if that takes long enough to be noticed. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div className={styles.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} style={{ width: `${92 - ((row * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
