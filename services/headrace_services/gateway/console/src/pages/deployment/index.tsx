import { useSearchParams } from "react-router";

import { links } from "@/shell/links.ts";
import { Page } from "@/ui/Page.tsx";
import { PageTabs } from "@/ui/PageTabs.tsx";
import { Access } from "./Access.tsx";
import { Instance } from "./Instance.tsx";
import { Locations } from "./Locations.tsx";
import { Queue } from "./Queue.tsx";
import { Services } from "./Services.tsx";

const LABELS = { locations: "Code locations", services: "Services", queue: "Queue and pools", instance: "Instance", access: "Access" };
type TabId = keyof typeof LABELS;

/** What the deployment consists of, how it is, and how it is configured. */
export function Component() {
  const [params] = useSearchParams();
  const ids = Object.keys(LABELS) as TabId[];
  const tab = ids.find((id) => id === params.get("tab")) ?? "locations";
  return (
    <Page title="Deployment">
      <PageTabs label="About the deployment" current={tab} tabs={ids.map((id) => ({ id, label: LABELS[id], to: links.deployment(id === "locations" ? {} : { tab: id }) }))} />
      {tab === "locations" && <Locations focus={params.get("location") ?? ""} />}
      {tab === "services" && <Services />}
      {tab === "queue" && <Queue />}
      {tab === "instance" && <Instance />}
      {tab === "access" && <Access />}
    </Page>
  );
}
