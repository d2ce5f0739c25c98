import { CalendarClock, Radar } from "lucide-react";
import { Link } from "react-router";

import { useAction } from "@/ui/act.ts";
import { ScheduleService } from "@/api/gen/headrace/api/gateway/v1/schedule_service_pb.ts";
import { SensorService } from "@/api/gen/headrace/api/gateway/v1/sensor_service_pb.ts";
import { SensorKind } from "@/api/gen/headrace/api/types/v1/sensor_pb.ts";
import { jobTitle } from "@/model/runs.ts";
import { firstLine } from "@/model/text.ts";
import { spanMillis } from "@/model/time.ts";
import { useRefusal } from "@/session/useRefusal.ts";
import { links } from "@/shell/links.ts";
import { Switch } from "@/ui/Field.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Table, type Column } from "@/ui/Table.tsx";
import { Time } from "@/ui/Time.tsx";
import { cronText, intervalText } from "./cron.ts";
import styles from "./InstigatorTable.module.css";
import { failuresOf, isOn, jobNamesOf, switchInstigator, type InstigatorRecord } from "./instigators.ts";

const COLUMNS: Column<InstigatorRecord>[] = [
  { id: "on", header: <span className="visually-hidden">On or off</span>, width: "70px", cell: (each) => <OnOff instigator={each} /> },
  { id: "name", header: "Name", cell: (each) => <Name instigator={each} /> },
  { id: "when", header: "When", width: "17%", from: "medium", cell: (each) => whenText(each) },
  { id: "jobs", header: "Runs", width: "17%", from: "medium", cell: (each) => <Jobs instigator={each} /> },
  { id: "location", header: "Location", width: "11%", from: "wide", cell: (each) => each.record.locationName },
  { id: "last", header: "Last tick", width: "112px", cell: (each) => <LastTick instigator={each} /> },
  { id: "next", header: "Next", width: "96px", from: "medium", align: "end", cell: (each) => <Time at={each.kind === "schedule" ? each.record.nextDueTime : undefined} /> },
];

/** Schedules and sensors, to be switched on and off. */
export function InstigatorTable({ instigators, label }: { instigators: InstigatorRecord[]; label: string }) {
  return <Table label={label} columns={COLUMNS} rows={instigators} rowKey={keyOf} />;
}

/** A switch that says what it does; it turns when the deployment has taken it in. */
export function OnOff({ instigator }: { instigator: InstigatorRecord }) {
  const name = instigator.record.definition!.name;
  const turn = useAction(`switch ${name}`, (on: boolean) => switchInstigator(instigator, on));
  const on = isOn(instigator);
  const refusal = useRefusal(instigator.kind === "schedule" ? ScheduleService.method.resumeSchedule : SensorService.method.resumeSensor, instigator.record.locationName);
  return <Switch label={`${name} is ${on ? "on" : "off"}`} on={on} busy={turn.busy} refusal={refusal} onChange={turn.run} />;
}

/** Returns the address of a schedule's or sensor's page. */
export function linkOf({ kind, record }: InstigatorRecord): string {
  return (kind === "schedule" ? links.schedule : links.sensor)(record.locationName, record.definition!.name);
}

/** Says when it is evaluated. */
export function whenText(instigator: InstigatorRecord): string {
  if (instigator.kind === "schedule") {
    const { cronExpressions, timeZone } = instigator.record.definition!;
    return `${cronExpressions.map(cronText).join(" and ")}${timeZone && timeZone !== "UTC" ? `, ${timeZone}` : ""}`;
  }
  const { kind, minimumInterval } = instigator.record.definition!;
  const watched: Partial<Record<SensorKind, string>> = {
    [SensorKind.ASSET]: "when an asset was made",
    [SensorKind.MULTI_ASSET]: "when assets were made",
    [SensorKind.RUN_STATE]: "when a run has changed",
    [SensorKind.AUTOMATION]: "by the conditions of assets",
  };
  return watched[kind] ?? `every ${intervalText(spanMillis(minimumInterval) ?? 30_000)}`;
}

function keyOf({ kind, record }: InstigatorRecord): string {
  return `${kind} ${record.locationName}/${record.definition!.name}`;
}

function Name({ instigator }: { instigator: InstigatorRecord }) {
  const { name, description } = instigator.record.definition!;
  const Icon = instigator.kind === "schedule" ? CalendarClock : Radar;
  return (
    <span className={styles.name}>
      <Icon size={15} aria-label={instigator.kind} />
      <span>
        <Link to={linkOf(instigator)}>{name}</Link>
        {description && <small>{firstLine(description)}</small>}
      </span>
    </span>
  );
}

function Jobs({ instigator }: { instigator: InstigatorRecord }) {
  const names = jobNamesOf(instigator);
  if (names.length === 0) return <span className="faint">assets</span>;
  const { locationName } = instigator.record;
  return names.map((name) => (
    <Link key={name} to={links.job(locationName, name)} className={styles.job} title={jobTitle(name, locationName)}>
      {jobTitle(name, locationName)}
    </Link>
  ));
}

function LastTick({ instigator }: { instigator: InstigatorRecord }) {
  const failures = failuresOf(instigator);
  if (failures > 0) return <StateBadge look={{ tone: "failed", label: `failed ${failures}×` }} />;
  return <Time at={instigator.record.instigator?.lastTickTime} />;
}
