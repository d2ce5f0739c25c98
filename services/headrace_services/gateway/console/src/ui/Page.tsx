import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";

import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** What stands before the title: the way back up. */
  crumbs?: { label: string; to: string }[];
  /** Instead of the title, where it has more to it than text. */
  heading?: ReactNode;
  /** Beside the title: a state, a kind. */
  badge?: ReactNode;
  /** At the right: what can be done. */
  actions?: ReactNode;
  /** Below the title: what matters in a line. */
  subtitle?: ReactNode;
  children: ReactNode;
}

/** A page with its head; the title is that of the window, too. */
export function Page({ title, crumbs, heading, badge, actions, subtitle, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Headrace`;
  }, [title]);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <div className={styles.titles}>
          {crumbs && (
            <nav aria-label="Way back" className={styles.crumbs}>
              {crumbs.map(({ label, to }) => (
                <Link key={to} to={to}>
                  {label}
                </Link>
              ))}
            </nav>
          )}
          <div className={styles.title}>
            <h1>{heading ?? title}</h1>
            {badge}
          </div>
          {subtitle && <div className={styles.subtitle}>{subtitle}</div>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A framed part of a page. */
export function Panel({
  title,
  actions,
  flush,
  children,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  /** What is inside reaches the frame: tables, lists, graphs. */
  flush?: boolean;
  children: ReactNode;
}) {
  return (
    <section className={styles.panel}>
      {(title || actions) && (
        <div className={styles.panelHead}>
          {typeof title === "string" ? <h2>{title}</h2> : title}
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
      )}
      <div className={flush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  );
}
