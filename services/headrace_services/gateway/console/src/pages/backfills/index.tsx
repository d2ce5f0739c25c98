import { Page } from "@/ui/Page.tsx";

export function Component() {
  return <Page title="Backfills">{null}</Page>;
}
