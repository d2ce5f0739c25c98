import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { sensors } from "@/api/clients.ts";
import { AutomationOperator, type AutomationCondition } from "@/api/gen/headrace/api/types/v1/automation_pb.ts";
import type { AutomationEvaluation } from "@/api/gen/headrace/api/types/v1/automation_state_pb.ts";
import { SensorKind } from "@/api/gen/headrace/api/types/v1/sensor_pb.ts";
import type { AssetInfo } from "@/assets/info.ts";
import { keyText } from "@/model/assetKeys.ts";
import { links } from "@/shell/links.ts";
import { Empty } from "@/ui/Notice.tsx";
import { Panel } from "@/ui/Page.tsx";
import { StateBadge } from "@/ui/State.tsx";
import { Time } from "@/ui/Time.tsx";
import styles from "./Asset.module.css";

/** When an asset is made by itself, and what was found of that lately. */
export function Automation({ asset }: { asset: AssetInfo }) {
  const condition = asset.definition?.automationCondition;
  const watching = useQuery({ queryKey: ["sensors", asset.location], queryFn: ({ signal }) => sensors.listSensors({ locationName: asset.location, pageSize: 1000 }, { signal }) });
  const watchers = watching.data?.sensors.filter((each) => each.definition?.watchedAssets.some((key) => keyText(key) === asset.id)) ?? [];
  const evaluator = watching.data?.sensors.find((each) => each.definition?.kind === SensorKind.AUTOMATION);
  if (!condition && watchers.length === 0) {
    return (
      <Panel>
        <Empty title="It is not made by itself">An automation condition, a schedule or a sensor of a job with this asset can make it.</Empty>
      </Panel>
    );
  }
  return (
    <>
      {condition && (
        <Panel title="Condition">
          <ul className={styles.tree}>
            <Condition condition={condition} />
          </ul>
        </Panel>
      )}
      {evaluator && condition && <Evaluations asset={asset} sensorName={evaluator.definition!.name} />}
      {watchers.length > 0 && (
        <Panel title="Sensors that watch it">
          <ul className={styles.neighbours}>
            {watchers.map((each) => (
              <li key={each.definition!.name}>
                <Link to={links.sensor(each.locationName, each.definition!.name)}>{each.definition!.name}</Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Condition({ condition }: { condition: AutomationCondition }) {
  return (
    <li>
      <span>{conditionText(condition)}</span>
      {condition.operands.length > 0 && (
        <ul>
          {condition.operands.map((each, index) => (
            // Parts of a condition have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <Condition key={index} condition={each} />
          ))}
        </ul>
      )}
    </li>
  );
}

function conditionText(condition: AutomationCondition): string {
  const name = condition.label || condition.customName || (AutomationOperator[condition.operator] ?? "unknown").toLowerCase().replaceAll("_", " ");
  const about = [condition.cronExpression, keyText(condition.assetKey), condition.allowedSelection].filter(Boolean).join(", ");
  return about ? `${name} (${about})` : name;
}

function Evaluations({ asset, sensorName }: { asset: AssetInfo; sensorName: string }) {
  const { data } = useQuery({
    queryKey: ["sensor ticks", asset.location, sensorName],
    queryFn: ({ signal }) => sensors.listSensorTicks({ locationName: asset.location, sensorName, pageSize: 100 }, { signal }),
  });
  const found = data?.ticks.flatMap((tick) => tick.automationEvaluations.filter((each) => keyText(each.assetKey) === asset.id && !each.checkName).map((evaluation) => ({ tick, evaluation }))) ?? [];
  return (
    <Panel title="Evaluations that asked for it" actions={<Link to={links.sensor(asset.location, sensorName)}>All evaluations</Link>}>
      {found.length === 0 && <p className="faint">None of the latest evaluations asked for this asset.</p>}
      {found.slice(0, 20).map(({ tick, evaluation }) => (
        <details key={tick.tickId} className={styles.evaluation}>
          <summary>
            <Time at={tick.dueTime} /> · true for {String(evaluation.trueCount)} of {String(evaluation.candidateCount)}
          </summary>
          <ul className={styles.tree}>
            <Evaluation evaluation={evaluation} />
          </ul>
        </details>
      ))}
    </Panel>
  );
}

function Evaluation({ evaluation }: { evaluation: AutomationEvaluation }) {
  const holds = evaluation.trueCount > 0n;
  return (
    <li>
      <span>
        <StateBadge look={holds ? { tone: "succeeded", label: "true" } : { tone: "neutral", label: "false" }} /> {evaluation.condition}
      </span>
      {evaluation.parts.length > 0 && (
        <ul>
          {evaluation.parts.map((part, index) => (
            // Parts of a condition have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <Evaluation key={index} evaluation={part} />
          ))}
        </ul>
      )}
    </li>
  );
}
