import { lazy, Suspense } from "react";

import styles from "./Markdown.module.css";

const Rendered = lazy(() => import("./MarkdownRendered.tsx"));

/** CommonMark of users. HTML in it is shown as the text that it is, and never becomes part of the page. */
export function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown}>
      <Suspense fallback={<p>{text}</p>}>
        <Rendered text={text} />
      </Suspense>
    </div>
  );
}
