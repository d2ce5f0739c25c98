import { CircleHelp } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/Button.tsx";
import { Dialog } from "@/ui/Dialog.tsx";
import styles from "./Assets.module.css";

const EXAMPLES: [string, string][] = [
  ["orders", "words: assets whose key, group or description contains them"],
  ["group:numbers", "a group"],
  ["kind:python and not tag:layer=raw", "kinds and tags, with and, or, not"],
  ["+orders", "an asset and what it is made from directly"],
  ["*orders", "an asset and all it is made from"],
  ["orders+2", "an asset and what is made from it, two steps"],
  ['key:"warehouse/*"', "keys by a pattern"],
  ["status:failed or status:stale", "by status: missing, materialized, in_progress, failed, stale"],
  ["sinks(group:numbers)", "the ends of a part of the graph; roots() for its beginnings"],
  ["owner:team:data", "who answers for it"],
];

/** Tells how assets are selected, by examples that can be used. */
export function SelectionHelp({ onUse }: { onUse(text: string): void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button kind="quiet" aria-label="How to select assets" title="How to select assets" onClick={() => setOpen(true)}>
        <CircleHelp size={16} aria-hidden />
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="How to select assets">
        <dl className={styles.examples}>
          {EXAMPLES.map(([text, meaning]) => (
            <div key={text}>
              <dt>
                <button
                  type="button"
                  onClick={() => {
                    setOpen(false);
                    onUse(text);
                  }}
                >
                  <code>{text}</code>
                </button>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
}
