import { zoneName } from "@/model/moments.ts";
import styles from "./ZoneSwitch.module.css";
import { chooseZone, useZone } from "./zone.ts";

/** Tells in which zone moments are said, and changes it. */
export function ZoneSwitch() {
  const zone = useZone();
  const other = zone === "UTC" ? "local" : "UTC";
  const name = zone === "UTC" ? "UTC" : "Local";
  const title = `Times are those of ${zoneName()}. Press for ${other === "UTC" ? "UTC" : "the time of this computer"}.`;
  return (
    <button type="button" className={styles.zone} aria-label={`${name} time`} title={title} onClick={() => chooseZone(other)}>
      {name}
    </button>
  );
}
