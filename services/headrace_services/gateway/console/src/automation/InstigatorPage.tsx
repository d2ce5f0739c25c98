import { useState, type ReactNode } from "react";
import { Link } from "react-router";

import { isNotFound } from "@/api/errors.ts";
import { ChangeKind } from "@/api/gen/headrace/api/gateway/v1/deployment_service_pb.ts";
import type { Tick } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import { useRefreshOn } from "@/api/live.ts";
import { usePaged, type ListPage } from "@/api/pages.ts";
import { LocationsDown } from "@/locations/LocationsDown.tsx";
import { jobTitle } from "@/model/runs.ts";
import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Markdown } from "@/ui/Markdown.tsx";
import { MetadataList } from "@/ui/Metadata.tsx";
import { MoreRows } from "@/ui/MoreRows.tsx";
import { Empty, Failed, Loading, Notice } from "@/ui/Notice.tsx";
import { Page, Panel } from "@/ui/Page.tsx";
import { Tags } from "@/ui/Tags.tsx";
import { OnOff, whenText } from "./InstigatorTable.tsx";
import styles from "./InstigatorPage.module.css";
import { failuresOf, isOn, jobNamesOf, type InstigatorRecord } from "./instigators.ts";
import { TickList } from "./TickList.tsx";
import { TickTimeline } from "./TickTimeline.tsx";

const CRUMBS = [{ label: "Automation", to: links.automation() }];

interface Props {
  instigator: InstigatorRecord;
  readTicks(pageToken: string, signal: AbortSignal): Promise<ListPage<Tick>>;
  /** The query that its record comes from. */
  recordKey: readonly unknown[];
  /** What is said beside the jobs it runs. */
  facts: ReactNode;
  actions: ReactNode;
  children?: ReactNode;
}

/** A schedule or a sensor: whether it is on, what it does, and its ticks. */
export function InstigatorPage({ instigator, readTicks, recordKey, facts, actions, children }: Props) {
  const { record, kind } = instigator;
  const { locationName } = record;
  const definition = record.definition!;
  const key = ["ticks", kind, locationName, definition.name];
  useRefreshOn([ChangeKind.TICK, ChangeKind.INSTIGATOR], [key, recordKey]);
  const { items, query, more, readMore } = usePaged(key, readTicks);
  const [chosen, setChosen] = useState<string>();
  const failures = failuresOf(instigator);
  return (
    <Page title={definition.name} crumbs={[...CRUMBS, { label: locationName, to: links.deployment({ location: locationName }) }]} badge={<Switched instigator={instigator} />} subtitle={whenText(instigator)} actions={actions}>
      <LocationsDown name={locationName} />
      {failures > 0 && <Notice tone="failed" title={`Its latest ${failures === 1 ? "evaluation" : `${failures} evaluations`} failed`}>{items[0]?.failure?.message}</Notice>}
      <div className={styles.columns}>
        <div className={styles.column}>
          <Panel title="Ticks" flush>
            {query.error && items.length === 0 && <Failed error={query.error} what="read the ticks" onRetry={() => void query.refetch()} />}
            {query.isPending && <Loading rows={3} />}
            {items.length > 0 && <TickTimeline ticks={items.slice(0, 100)} chosen={chosen} onChoose={(tick) => setChosen(tick.tickId)} />}
            {query.isSuccess && items.length === 0 && <Empty title="Not evaluated yet">{isOn(instigator) ? "It is on: its first tick comes when it is due." : "It is switched off. Switch it on, or test it."}</Empty>}
            <div className={styles.list}>
              <TickList ticks={items} open={chosen} />
              {more && <MoreRows onMore={readMore} />}
            </div>
          </Panel>
        </div>
        <div className={styles.column}>
          {definition.description && (
            <Panel title="Description">
              <Markdown text={definition.description} />
            </Panel>
          )}
          <Panel title={kind === "schedule" ? "Schedule" : "Sensor"}>
            <dl className={styles.facts}>
              <dt>Runs</dt>
              <dd>
                {jobNamesOf(instigator).map((name) => (
                  <Link key={name} to={links.job(locationName, name)}>
                    {jobTitle(name, locationName)}{" "}
                  </Link>
                ))}
                {jobNamesOf(instigator).length === 0 && "assets"}
              </dd>
              {facts}
              {definition.tags.length > 0 && (
                <>
                  <dt>Tags</dt>
                  <dd>
                    <Tags tags={definition.tags} all />
                  </dd>
                </>
              )}
            </dl>
            {definition.metadata.length > 0 && <MetadataList entries={definition.metadata} />}
          </Panel>
          {children}
        </div>
      </div>
    </Page>
  );
}

function Switched({ instigator }: { instigator: InstigatorRecord }) {
  return (
    <span className={styles.switch}>
      <OnOff instigator={instigator} />
      {isOn(instigator) ? "On" : "Off"}
    </span>
  );
}

/** Stands in while a schedule or sensor is read, or if there is none. */
export function NoInstigator({ name, what, error, onRetry }: { name: string; what: string; error: unknown; onRetry(): void }) {
  return (
    <Page title={name} crumbs={CRUMBS}>
      {!error ? (
        <Loading />
      ) : isNotFound(error) ? (
        <Empty title={`There is no such ${what}`} actions={<ButtonLink to={links.automation()}>All schedules and sensors</ButtonLink>}>
          No loaded location defines <code>{name}</code>.
        </Empty>
      ) : (
        <Failed error={error} what={`read the ${what}`} onRetry={onRetry} />
      )}
    </Page>
  );
}
