import { WifiOff } from "lucide-react";

import { retryNow } from "@/api/connection.ts";
import { useConnection } from "@/api/connectionHook.ts";
import { useNow } from "@/ui/now.ts";
import styles from "./ConnectionBanner.module.css";

/** Says that the gateway does not answer, and when it is asked again. What is on the page, and typed into it, stays. */
export function ConnectionBanner() {
  const connection = useConnection();
  return (
    <div role="status" aria-live="polite">
      {!connection.up && <Lost retryTime={connection.retryTime} />}
    </div>
  );
}

function Lost({ retryTime }: { retryTime: number }) {
  const seconds = Math.max(0, Math.ceil((retryTime - useNow(1000)) / 1000));
  return (
    <div className={styles.banner}>
      <WifiOff size={16} aria-hidden />
      <p>
        <strong>The gateway does not answer.</strong> What you see is the last that is known, and what you typed is kept.
        {seconds > 0 ? ` Trying again in ${seconds} s.` : " Trying again."}
      </p>
      <button type="button" onClick={retryNow}>
        Try now
      </button>
    </div>
  );
}
