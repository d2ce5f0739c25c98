import { Link } from "react-router";

import { links } from "@/shell/links.ts";
import styles from "./Tags.module.css";

interface Tag {
  key: string;
  value: string;
}

const SYSTEM = /^(headrace|dagster)\//;

/** Tags as chips; each leads to the runs that have it. The system's own are shown only with `all`. */
export function Tags({ tags, all }: { tags: readonly Tag[]; all?: boolean }) {
  const shown = all ? tags : tags.filter((tag) => !SYSTEM.test(tag.key));
  if (shown.length === 0) return null;
  return (
    <ul className={styles.tags}>
      {shown.map((tag) => (
        <li key={tag.key}>
          <Link to={links.runs({ tag: `${tag.key}=${tag.value}` })} className={styles.tag} title={`Runs with ${tag.key}=${tag.value}`}>
            <span>{tag.key}</span>
            {tag.value && <b>{tag.value}</b>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A word in a frame: a kind, a group, a number. */
export function Chip({ children, title }: { children: React.ReactNode; title?: string }) {
  return (
    <span className={styles.chip} title={title}>
      {children}
    </span>
  );
}
