import { X } from "lucide-react";

import type { ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import type { GraphNode, ResourceDefinition } from "@/api/gen/headrace/api/types/v1/job_pb.ts";
import { fieldsAt, typeText } from "@/launch/config/schema.ts";
import { count } from "@/model/numbers.ts";
import { formatSpan, spanMillis } from "@/model/time.ts";
import { Button } from "@/ui/Button.tsx";
import { Markdown } from "@/ui/Markdown.tsx";
import { Chip, Tags } from "@/ui/Tags.tsx";
import { payloadText } from "@/model/payload.ts";
import styles from "./Job.module.css";

interface NodePanelProps {
  node: GraphNode;
  path: string;
  schema: ConfigType | undefined;
  resources: readonly ResourceDefinition[];
  onClose(): void;
}

/** An op of a job: what it takes, gives, needs and may be told. */
export function NodePanel({ node, path, schema, resources, onClose }: NodePanelProps) {
  const fields = fieldsAt(schema, [...path.split(".").flatMap((name) => ["ops", name]), "config"]);
  const retry = node.retryPolicy;
  return (
    <aside className={styles.aside} aria-label={path}>
      <div className={styles.asideHead}>
        <h2>{node.name}</h2>
        <Button kind="quiet" small aria-label="Close" onClick={onClose}>
          <X size={15} aria-hidden />
        </Button>
      </div>
      <div className={styles.chips}>
        <Chip>{node.nodes.length > 0 ? "graph" : "op"}</Chip>
        {node.definitionName !== node.name && <Chip title="What it is a use of">{node.definitionName}</Chip>}
        {node.pool && <Chip title="Pool">pool {node.pool}</Chip>}
      </div>
      {node.description && <Markdown text={node.description} />}
      <Part title="Inputs">
        {node.inputs.map((input) => (
          <Entry key={input.name} name={input.name} type={input.type}>
            {input.sources.map((source) => (source.node ? `from ${source.node}${source.output === "result" ? "" : `.${source.output}`}` : `from ${source.output} of the graph around`)).join(", ")}
          </Entry>
        ))}
      </Part>
      <Part title="Outputs">
        {node.outputs.map((output) => (
          <Entry key={output.name} name={output.name} type={output.type}>
            {[output.optional && "optional", output.dynamic && "any number of times"].filter(Boolean).join(", ")}
          </Entry>
        ))}
      </Part>
      <Part title="Configuration">
        {fields.map((field) => (
          <Entry key={field.name} name={field.name} type={typeText(field.type)}>
            {[field.required && "required", field.defaultValue && `default ${payloadText(field.defaultValue)}`, field.description].filter(Boolean).join(" · ")}
          </Entry>
        ))}
      </Part>
      <Part title="Resources">
        {node.requiredResourceKeys.map((key) => {
          const resource = resources.find((each) => each.key === key);
          return (
            <Entry key={key} name={key} type={resource?.type ?? ""}>
              {resource?.description}
            </Entry>
          );
        })}
      </Part>
      {retry && (
        <Part title="Retries">
          {[
            <li key="retries">
              {count(retry.maxRetries, "retry", "retries")}
              {retry.delay && `, ${formatSpan(spanMillis(retry.delay))} apart`}
            </li>,
          ]}
        </Part>
      )}
      <Tags tags={node.tags} all />
    </aside>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

function Entry({ name, type, children }: { name: string; type: string; children?: React.ReactNode }) {
  return (
    <li className={styles.entry}>
      <code>{name}</code> <span className="faint">{type}</span>
      {children && <div>{children}</div>}
    </li>
  );
}
