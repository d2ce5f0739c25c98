import { CalendarClock, Radar } from "lucide-react";
import { Link } from "react-router";

import type { Run } from "@/api/gen/headrace/api/types/v1/run_pb.ts";
import { links } from "@/shell/links.ts";
import styles from "./RunOrigin.module.css";

/** What made a run: a schedule, a sensor, a person; nothing where that is not known. */
export function RunOriginLink({ run, prefix = "" }: { run: Run; prefix?: string }) {
  const { origin } = run;
  if (origin?.source.case === "scheduleName") {
    return (
      <span className={styles.origin}>
        {prefix}
        <CalendarClock size={13} aria-label="schedule" />
        <Link to={links.schedule(run.locationName, origin.source.value)} title={origin.source.value}>{origin.source.value}</Link>
      </span>
    );
  }
  if (origin?.source.case === "sensorName") {
    return (
      <span className={styles.origin}>
        {prefix}
        <Radar size={13} aria-label="sensor" />
        <Link to={links.sensor(run.locationName, origin.source.value)} title={origin.source.value}>{origin.source.value}</Link>
      </span>
    );
  }
  return origin?.actor ? (
    <span className={styles.origin}>
      {prefix}
      {origin.actor}
    </span>
  ) : null;
}
