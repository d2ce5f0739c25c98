import { LogOut } from "lucide-react";

import { signOut } from "@/api/session.ts";
import styles from "./CallerBadge.module.css";
import { roleName } from "./roles.ts";
import { useCaller } from "./useCaller.ts";
import { useSession } from "./sessionHook.ts";

/** Who is signed in, and the way out; nothing where the deployment asks nobody. */
export function CallerBadge() {
  const { token } = useSession();
  return token ? <SignedIn /> : null;
}

function SignedIn() {
  const { data } = useCaller();
  return (
    <div className={styles.caller}>
      <span className={styles.who}>
        <strong>{data?.name || "Signed in"}</strong>
        {data && <span className="faint">{roleName(data.role)}</span>}
      </span>
      <button type="button" className={styles.leave} title="Sign out" aria-label="Sign out" onClick={signOut}>
        <LogOut size={15} aria-hidden />
      </button>
    </div>
  );
}
