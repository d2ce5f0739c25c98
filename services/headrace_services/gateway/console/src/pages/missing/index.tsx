import { links } from "@/shell/links.ts";
import { ButtonLink } from "@/ui/Button.tsx";
import { Empty } from "@/ui/Notice.tsx";
import { Page } from "@/ui/Page.tsx";

/** The page for addresses that lead nowhere. */
export function Component() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page" actions={<ButtonLink to={links.overview()}>To the overview</ButtonLink>}>
        The address leads nowhere. Press <kbd>/</kbd> to search for jobs, assets, runs and everything else.
      </Empty>
    </Page>
  );
}
