import { Monitor, Moon, Sun } from "lucide-react";

import { chooseTheme, useTheme, type Theme } from "./theme.ts";
import styles from "./ThemeSwitch.module.css";

const THEMES: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: "light", label: "Light", icon: Sun },
  { theme: "system", label: "As the system", icon: Monitor },
  { theme: "dark", label: "Dark", icon: Moon },
];

/** Chooses between light, dark and what the system has. */
export function ThemeSwitch() {
  const chosen = useTheme();
  return (
    <div className={styles.switch} role="radiogroup" aria-label="Colours">
      {THEMES.map(({ theme, label, icon: Icon }) => (
        <button
          key={theme}
          type="button"
          role="radio"
          aria-checked={theme === chosen}
          aria-label={label}
          title={label}
          onClick={() => chooseTheme(theme)}
        >
          <Icon size={14} aria-hidden />
        </button>
      ))}
    </div>
  );
}
