import { CalendarClock, CircleCheck, Clock, Radar, Server, Turtle } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Replica } from "@/api/gen/headrace/api/types/v1/replica_pb.ts";
import { ReplicaState } from "@/api/gen/headrace/api/types/v1/replica_pb.ts";
import { linkOf } from "@/automation/InstigatorTable.tsx";
import { failuresOf, type InstigatorRecord } from "@/automation/instigators.ts";
import { count } from "@/model/numbers.ts";
import { runTitle, shortId } from "@/model/runs.ts";
import { formatSpan } from "@/model/time.ts";
import { links } from "@/shell/links.ts";
import { Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { Time } from "@/ui/Time.tsx";
import type { Late } from "./late.ts";
import styles from "./Overview.module.css";

const SHOWN = 8;

interface Props {
  /** Processes that cannot do their work, or are not heard of any more. */
  replicas: readonly Replica[];
  /** Schedules and sensors whose latest evaluation failed. */
  failing: readonly InstigatorRecord[];
  late: readonly Late[];
  loading: boolean;
}

/** What somebody should look at although no run tells of it: processes, evaluations that fail, and what is late. */
export function Attention({ replicas, failing, late, loading }: Props) {
  const rows = [
    ...replicas.map((replica) => <SickReplica key={replica.replicaId} replica={replica} />),
    ...failing.map((each) => <Failing key={linkOf(each)} instigator={each} />),
    ...late.map((each) => <LateRow key={each.kind === "tick" ? `${each.schedule.locationName}/${each.schedule.definition!.name}` : each.run.runId} late={each} />),
  ];
  return (
    <Panel flush title="Needs attention">
      {loading ? (
        <Loading rows={3} />
      ) : rows.length === 0 ? (
        <p className={styles.fine}>
          <CircleCheck size={17} aria-hidden /> Nothing: services are well, evaluations succeed, and nothing is late.
        </p>
      ) : (
        <ul className={styles.list}>
          {rows.slice(0, SHOWN)}
          {rows.length > SHOWN && <li className="faint">and {rows.length - SHOWN} more</li>}
        </ul>
      )}
    </Panel>
  );
}

function Row({ icon, title, when, children }: { icon: ReactNode; title: ReactNode; when?: ReactNode; children: ReactNode }) {
  return (
    <li>
      {icon}
      <div className={styles.what}>
        {title}
        <p title={typeof children === "string" ? children : undefined}>{children}</p>
      </div>
      <span className={styles.when}>{when}</span>
    </li>
  );
}

function SickReplica({ replica }: { replica: Replica }) {
  const lost = replica.state === ReplicaState.LOST;
  return (
    <Row icon={<Server size={15} aria-hidden />} title={<Link to={links.deployment({ tab: "services" })}>{replica.services.join(", ")}</Link>} when={<Time at={replica.reportTime} />}>
      {lost ? `Not heard of any more: process ${replica.processId} on ${replica.host} has ended without a word, or cannot be reached.` : `Cannot do its work: ${replica.unhealthyServices.join(", ")} on ${replica.host}.`}
    </Row>
  );
}

function Failing({ instigator }: { instigator: InstigatorRecord }) {
  const Icon = instigator.kind === "schedule" ? CalendarClock : Radar;
  const { definition, instigator: kept } = instigator.record;
  return (
    <Row icon={<Icon size={15} aria-hidden />} title={<Link to={linkOf(instigator)}>{definition!.name}</Link>} when={<Time at={kept?.lastTickTime} />}>
      {failuresOf(instigator) === 1 ? "Its latest evaluation failed." : `Its latest ${count(failuresOf(instigator), "evaluation")} failed.`}
    </Row>
  );
}

function LateRow({ late }: { late: Late }) {
  if (late.kind === "tick") {
    const { locationName, definition } = late.schedule;
    return (
      <Row icon={<CalendarClock size={15} aria-hidden />} title={<Link to={links.schedule(locationName, definition!.name)}>{definition!.name}</Link>} when={`${formatSpan(late.by)} late`}>
        Its tick is due and has not been evaluated: is the scheduler running?
      </Row>
    );
  }
  const title = (
    <>
      <Link to={links.run(late.run.runId)}>{runTitle(late.run)}</Link> <code>{shortId(late.run.runId)}</code>
    </>
  );
  return late.kind === "queued" ? (
    <Row icon={<Clock size={15} aria-hidden />} title={title} when={`for ${formatSpan(late.by)}`}>
      It waits to be started; its page tells for what.
    </Row>
  ) : (
    <Row icon={<Turtle size={15} aria-hidden />} title={title} when={`${formatSpan(late.by)} longer`}>
      It takes longer than its runs usually do.
    </Row>
  );
}
