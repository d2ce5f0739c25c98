import { Tabs, type Tab } from "./Tabs.tsx";
import styles from "./Tabs.module.css";

/** Tabs of a whole page: a line below them goes from edge to edge. */
export function PageTabs(props: { tabs: Tab[]; current: string; label: string }) {
  return (
    <div className={styles.page}>
      <Tabs {...props} />
    </div>
  );
}
