import { count } from "@/model/numbers.ts";
import { StateIcon } from "@/ui/State.tsx";
import type { CheckCounts } from "./info.ts";

/** How an asset's checks came out, the worst of it first. */
export function ChecksSummary({ checks }: { checks: CheckCounts }) {
  const { passed, warned, failed } = checks;
  const total = passed + warned + failed;
  if (total === 0) return <span className="faint">–</span>;
  const tone = failed > 0 ? "failed" : warned > 0 ? "warning" : "succeeded";
  const text = failed > 0 ? `${failed} of ${total} failed` : warned > 0 ? count(warned, "warning") : `${passed} passed`;
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 6 }}>
      <StateIcon look={{ tone, label: text }} size={13} />
      {text}
    </span>
  );
}
