import { Activity, CalendarClock, ChartGantt, CircleHelp, Layers, Menu, Search, Server, Waypoints, Workflow, X } from "lucide-react";
import { useState, type ComponentType } from "react";
import { NavLink } from "react-router";

import { CallerBadge } from "@/session/CallerBadge.tsx";
import { links } from "./links.ts";
import styles from "./Navigation.module.css";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import { ZoneSwitch } from "./ZoneSwitch.tsx";

interface Place {
  to: string;
  label: string;
  icon: ComponentType<{ size?: number; "aria-hidden"?: boolean }>;
}

const PLACES: Place[] = [
  { to: links.overview(), label: "Overview", icon: ChartGantt },
  { to: links.runs(), label: "Runs", icon: Activity },
  { to: links.jobs(), label: "Jobs", icon: Workflow },
  { to: links.assets(), label: "Assets", icon: Waypoints },
  { to: links.automation(), label: "Automation", icon: CalendarClock },
  { to: links.backfills(), label: "Backfills", icon: Layers },
  { to: links.deployment(), label: "Deployment", icon: Server },
];

/** The way around: a column at the left, a bar with a menu where there is little room. */
export function Navigation({ onSearch, onHelp }: { onSearch(): void; onHelp(): void }) {
  const [open, setOpen] = useState(false);
  return (
    <header className={styles.navigation} data-open={open}>
      <div className={styles.head}>
        <NavLink to={links.overview()} className={styles.brand} onClick={() => setOpen(false)}>
          <img src="/headrace.svg" alt="" width={26} height={26} />
          Headrace
        </NavLink>
        <button type="button" className={styles.menu} aria-expanded={open} aria-label="Menu" onClick={() => setOpen(!open)}>
          {open ? <X size={20} aria-hidden /> : <Menu size={20} aria-hidden />}
        </button>
      </div>
      <div className={styles.drawer}>
        <button
          type="button"
          className={styles.search}
          onClick={() => {
            setOpen(false);
            onSearch();
          }}
        >
          <Search size={15} aria-hidden />
          <span>Search</span>
          <kbd>/</kbd>
        </button>
        <nav aria-label="Pages">
          <ul className={styles.places}>
            {PLACES.map(({ to, label, icon: Icon }) => (
              <li key={to}>
                <NavLink to={to} end={to === "/"} className={styles.place} onClick={() => setOpen(false)}>
                  <Icon size={17} aria-hidden />
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles.below}>
          <CallerBadge />
          <div className={styles.foot}>
            <ThemeSwitch />
            <ZoneSwitch />
            <button type="button" className={styles.help} onClick={onHelp} title="Keyboard (?)" aria-label="Keyboard shortcuts">
              <CircleHelp size={16} aria-hidden />
            </button>
          </div>
        </div>
      </div>
    </header>
  );
}
