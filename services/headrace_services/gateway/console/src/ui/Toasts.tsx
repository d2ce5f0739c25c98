import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Link } from "react-router";

import { currentToasts, dismiss, onToasts } from "./toast.ts";
import styles from "./Toasts.module.css";

/** Shows the messages that pass, at the lower edge. */
export function Toasts() {
  const toasts = useSyncExternalStore(onToasts, currentToasts);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {toasts.map(({ id, tone, text, link }) => (
        <div key={id} className={styles.toast} data-tone={tone}>
          {tone === "failed" ? <CircleAlert size={16} aria-hidden /> : <CircleCheck size={16} aria-hidden />}
          <p>
            {text} {link && <Link to={link.to}>{link.label}</Link>}
          </p>
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <X size={14} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  );
}
