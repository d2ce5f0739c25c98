import { Suspense, useState } from "react";
import { Outlet, ScrollRestoration, useNavigate } from "react-router";

import { SignIn } from "@/session/SignIn.tsx";
import { Toasts } from "@/ui/Toasts.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { links } from "./links.ts";
import { Navigation } from "./Navigation.tsx";
import { Search } from "./search/Search.tsx";
import styles from "./Shell.module.css";
import { useShortcuts } from "./shortcuts.ts";
import { ShortcutHelp } from "./ShortcutHelp.tsx";
import { useZone } from "./zone.ts";

/** What is around every page: navigation, search, the state of the connection, messages. */
export function Shell() {
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  const navigate = useNavigate();
  const zone = useZone();
  const go = (path: string) => () => void navigate(path);
  useShortcuts({
    "/": () => setSearching(true),
    "?": () => setHelping(true),
    "g o": go(links.overview()),
    "g r": go(links.runs()),
    "g j": go(links.jobs()),
    "g a": go(links.assets()),
    "g s": go(links.automation()),
    "g b": go(links.backfills()),
    "g d": go(links.deployment()),
  });
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <Navigation onSearch={() => setSearching(true)} onHelp={() => setHelping(true)} />
      <div className={styles.body}>
        <ConnectionBanner />
        <main id="main" className={styles.main} tabIndex={-1}>
          <Suspense>
            {/* In another zone every moment on the page reads differently. */}
            <Outlet key={zone} />
          </Suspense>
        </main>
      </div>
      <Search open={searching} onClose={() => setSearching(false)} />
      <ShortcutHelp open={helping} onClose={() => setHelping(false)} />
      <SignIn />
      <Toasts />
      <ScrollRestoration getKey={(location) => location.pathname} />
    </div>
  );
}
