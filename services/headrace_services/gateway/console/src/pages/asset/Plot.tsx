import { useId, useState } from "react";

import { formatMoment } from "@/model/moments.ts";
import styles from "./Asset.module.css";
import { axisTicks, type Series } from "./series.ts";

const WIDTH = 520;
const HEIGHT = 150;
const LEFT = 56;
const BOTTOM = 8;
const NUMBER = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });
const EXACT = new Intl.NumberFormat("en", { maximumSignificantDigits: 12 });

/** A number over time, as a line; the value under the pointer is told above. */
export function Plot({ series }: { series: Series }) {
  const { name, points } = series;
  const heading = useId();
  const [at, setAt] = useState(points.length - 1);
  const values = points.map((point) => point.value);
  const ticks = axisTicks(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (index: number) => LEFT + (index * (WIDTH - LEFT - 10)) / (points.length - 1);
  const y = (value: number) => (low === high ? HEIGHT / 2 : 10 + ((high - value) * (HEIGHT - BOTTOM - 16)) / (high - low));
  const line = points.map((point, index) => `${index ? "L" : "M"}${x(index).toFixed(1)},${y(point.value).toFixed(1)}`).join("");
  const shown = points[Math.min(at, points.length - 1)]!;
  return (
    <figure className={styles.plot} aria-labelledby={heading}>
      <figcaption id={heading}>
        <b>{name}</b>
        <span className="numbers">{EXACT.format(shown.value)}</span>
        <span className="faint">{shown.label || formatMoment(shown.moment)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${name} over ${points.length} materializations, from ${EXACT.format(values[0]!)} to ${EXACT.format(values.at(-1)!)}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const along = ((event.clientX - box.left) / box.width) * WIDTH - LEFT;
          setAt(Math.max(0, Math.min(points.length - 1, Math.round((along / (WIDTH - LEFT - 10)) * (points.length - 1)))));
        }}
        onPointerLeave={() => setAt(points.length - 1)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} className={styles.rule} />
            <text x={LEFT - 8} y={y(tick) + 3.5} textAnchor="end">
              {NUMBER.format(tick)}
            </text>
          </g>
        ))}
        <path d={`${line}L${x(points.length - 1)},${HEIGHT - BOTTOM}L${LEFT},${HEIGHT - BOTTOM}Z`} className={styles.area} />
        <path d={line} className={styles.line} />
        <circle cx={x(Math.min(at, points.length - 1))} cy={y(shown.value)} r={3.5} className={styles.dot} />
      </svg>
    </figure>
  );
}
