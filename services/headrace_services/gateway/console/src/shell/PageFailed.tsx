import { useRouteError } from "react-router";

import { Button } from "@/ui/Button.tsx";
import { Notice } from "@/ui/Notice.tsx";

/** What is shown instead of a page that could not be drawn or loaded. */
export function PageFailed() {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : String(error);
  // A new version was installed under a page that is open: its parts have other names now.
  const outdated = /dynamically imported module|module script/i.test(message);
  return (
    <Notice
      tone="failed"
      title={outdated ? "This part of the console could not be loaded" : "This page could not be shown"}
      actions={<Button onClick={() => window.location.reload()}>Load it again</Button>}
    >
      {outdated ? "The gateway is away, or has a newer console than the one in this window." : message}
    </Notice>
  );
}
