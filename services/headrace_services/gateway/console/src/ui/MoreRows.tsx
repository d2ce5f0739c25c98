import { useEffect, useEffectEvent, useRef } from "react";

import styles from "./Table.module.css";

/** The end of what was read: reads on when it comes into sight. */
export function MoreRows({ onMore }: { onMore(): void }) {
  const end = useRef<HTMLDivElement>(null);
  const reached = useEffectEvent(onMore);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && reached(),
      { rootMargin: "600px" },
    );
    observer.observe(end.current!);
    return () => observer.disconnect();
  });
  return (
    <div ref={end} className={styles.more}>
      <button type="button" onClick={onMore}>
        Show more
      </button>
    </div>
  );
}
