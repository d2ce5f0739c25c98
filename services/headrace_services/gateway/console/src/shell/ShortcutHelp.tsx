import { Dialog } from "@/ui/Dialog.tsx";
import styles from "./ShortcutHelp.module.css";

const KEYS: [string, string][] = [
  ["/", "Search everything"],
  ["g o", "Overview"],
  ["g r", "Runs"],
  ["g j", "Jobs"],
  ["g a", "Assets"],
  ["g s", "Automation: schedules and sensors"],
  ["g b", "Backfills"],
  ["g d", "Deployment"],
  ["Esc", "Close what is open"],
  ["?", "These keys"],
];

/** Tells which keys do what. */
export function ShortcutHelp({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard">
      <dl className={styles.keys}>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
