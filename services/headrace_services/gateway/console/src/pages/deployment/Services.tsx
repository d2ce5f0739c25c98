import { ReplicaState, type Replica, type ReplicaLoop } from "@/api/gen/headrace/api/types/v1/replica_pb.ts";
import { count } from "@/model/numbers.ts";
import type { StateLook } from "@/model/states.ts";
import { isSick, useReplicas } from "@/replicas/useReplicas.ts";
import { Empty, Failed, Loading } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge, StateIcon } from "@/ui/State.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Deployment.module.css";

const LOOKS: Record<ReplicaState, StateLook> = {
  [ReplicaState.UNSPECIFIED]: { tone: "neutral", label: "Unknown" },
  [ReplicaState.HEALTHY]: { tone: "succeeded", label: "Healthy" },
  [ReplicaState.UNHEALTHY]: { tone: "failed", label: "Unhealthy" },
  [ReplicaState.LOST]: { tone: "warning", label: "Lost" },
};

/** The processes of the deployment, and what each does without being asked. */
export function Services() {
  const { data, error, refetch } = useReplicas();
  if (error && !data) return <Failed error={error} what="read the services" onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <Empty title="Nothing has reported yet">Processes report within ten seconds of their start.</Empty>;
  // What is wrong is what one has come for.
  return data.toSorted((one, other) => Number(isSick(other)) - Number(isSick(one))).map((replica) => <ReplicaPanel key={replica.replicaId} replica={replica} />);
}

function ReplicaPanel({ replica }: { replica: Replica }) {
  return (
    <Panel
      title={
        <h2 className={styles.head}>
          {replica.host} <span className="faint">process {String(replica.processId)}</span> <StateBadge look={LOOKS[replica.state] ?? LOOKS[ReplicaState.UNSPECIFIED]} />
        </h2>
      }
      actions={
        <span className="faint">
          Headrace {replica.version} · started <Time at={replica.startTime} /> · heard of <Time at={replica.reportTime} />
        </span>
      }
    >
      <div className={styles.services}>
        {replica.services.map((name) => {
          const sick = replica.unhealthyServices.includes(name);
          return (
            <span key={name} className={styles.service} title={sick ? `${name} cannot do its work` : `${name} can do its work`}>
              <StateIcon look={{ tone: sick ? "failed" : "succeeded", label: sick ? "unhealthy" : "healthy" }} size={12} label />
              {name}
            </span>
          );
        })}
        {replica.address && <code className="faint">{replica.address}</code>}
      </div>
      {replica.loops.length > 0 && (
        <ul className={styles.loops} aria-label="What it does without being asked">
          {replica.loops.map((loop) => (
            <LoopRow key={loop.name} loop={loop} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function LoopRow({ loop }: { loop: ReplicaLoop }) {
  const failing = loop.failureCount > 0;
  return (
    <li data-failing={failing || undefined}>
      <StateIcon look={{ tone: failing ? "failed" : loop.successTime ? "succeeded" : "neutral", label: failing ? "failing" : "well" }} size={12} label />
      <span>{loop.name}</span>
      {failing ? (
        <span className={styles.problem}>
          {count(loop.failureCount, "failure")} in a row: {loop.problem}
        </span>
      ) : (
        <Time at={loop.successTime} />
      )}
    </li>
  );
}
