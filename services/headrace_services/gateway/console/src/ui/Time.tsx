import type { Timestamp } from "@bufbuild/protobuf/wkt";

import { formatFull, formatMoment } from "@/model/moments.ts";
import { formatDistance, formatSpan, millis } from "@/model/time.ts";
import { useNow } from "./now.ts";

const TURN = 1_000;

/** A moment: how long ago, or when; everything about it on hover. */
export function Time({ at, form = "distance" }: { at: Timestamp | undefined; form?: "distance" | "moment" }) {
  const moment = millis(at);
  return moment === undefined ? <span className="faint">–</span> : <Moment moment={moment} form={form} />;
}

function Moment({ moment, form }: { moment: number; form: "distance" | "moment" }) {
  const now = useNow(form === "moment" ? 0 : TURN);
  return (
    <time className="numbers" dateTime={new Date(moment).toISOString()} title={formatFull(moment)}>
      {form === "moment" ? formatMoment(moment, now) : formatDistance(moment, now)}
    </time>
  );
}

/** How long something took, or has been taking: it goes on until there is an end. */
export function Span({ from, to }: { from: Timestamp | undefined; to?: Timestamp | undefined }) {
  const start = millis(from);
  const end = millis(to);
  const now = useNow(start !== undefined && end === undefined ? 1_000 : 0);
  if (start === undefined) return <span className="faint">–</span>;
  return <span className="numbers">{formatSpan((end ?? now) - start)}</span>;
}
