import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

// Pictures from elsewhere would tell other hosts who looks at what: they are shown as links.
const COMPONENTS = {
  img: ({ src, alt }: { src?: string | Blob; alt?: string }) =>
    typeof src === "string" && src.startsWith("data:image/") ? <img src={src} alt={alt ?? ""} /> : <ExternalLink href={String(src ?? "")}>{alt || "picture"}</ExternalLink>,
  a: ({ href, children }: { href?: string; children?: React.ReactNode }) => <ExternalLink href={href ?? ""}>{children}</ExternalLink>,
};

function ExternalLink({ href, children }: { href: string; children: React.ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** The rendering itself, loaded when there is something to render. */
export default function MarkdownRendered({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS} urlTransform={safeUrl}>
      {text}
    </ReactMarkdown>
  );
}

/** Lets addresses through that only lead somewhere; a script is none of them. */
function safeUrl(url: string): string {
  return /^(https?:|mailto:|\/|#|\.)/i.test(url) || url.startsWith("data:image/png") || url.startsWith("data:image/jpeg") ? url : "";
}
