import { CalendarClock, CircleCheck, Clock, Turtle } from "lucide-react";
import { Link } from "react-router";

import { runTitle, shortId } from "@/model/runs.ts";
import { formatSpan } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import { Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import type { Late } from "./late.ts";
import styles from "./Overview.module.css";

const SHOWN = 8;

/** What should have happened by now: ticks that are due, runs that wait long or take long. */
export function LateList({ late, loading }: { late: Late[]; loading: boolean }) {
  return (
    <Panel flush title="Late">
      {loading ? (
        <Loading rows={3} />
      ) : late.length === 0 ? (
        <p className={styles.fine}>
          <CircleCheck size={17} aria-hidden /> Nothing is late: no tick is due, no run waits or takes longer than it should.
        </p>
      ) : (
        <ul className={styles.list}>
          {late.slice(0, SHOWN).map((each) => (
            <Row key={each.kind === "tick" ? `${each.schedule.locationName}/${each.schedule.definition!.name}` : each.run.runId} late={each} />
          ))}
          {late.length > SHOWN && <li className="faint">and {late.length - SHOWN} more</li>}
        </ul>
      )}
    </Panel>
  );
}

function Row({ late }: { late: Late }) {
  if (late.kind === "tick") {
    const { locationName, definition } = late.schedule;
    return (
      <li>
        <CalendarClock size={15} aria-hidden />
        <div className={styles.what}>
          <Link to={links.schedule(locationName, definition!.name)}>{definition!.name}</Link>
          <p>Its tick is due and has not been evaluated: is the scheduler running?</p>
        </div>
        <span className={styles.when}>{formatSpan(late.by)} late</span>
      </li>
    );
  }
  const Icon = late.kind === "queued" ? Clock : Turtle;
  return (
    <li>
      <Icon size={15} aria-hidden />
      <div className={styles.what}>
        <Link to={links.run(late.run.runId)}>{runTitle(late.run)}</Link> <code>{shortId(late.run.runId)}</code>
        <p>{late.kind === "queued" ? "It waits to be started; its page tells for what." : "It takes longer than its runs usually do."}</p>
      </div>
      <span className={styles.when}>{late.kind === "queued" ? `for ${formatSpan(late.by)}` : `${formatSpan(late.by)} longer`}</span>
    </li>
  );
}
