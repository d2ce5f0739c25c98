import { CopyButton } from "./CopyButton.tsx";
import styles from "./Code.module.css";

/** Text of a machine, to read and to copy. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.code}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <span className={styles.copy}>
        <CopyButton text={text} label="Copy" />
      </span>
    </div>
  );
}
