import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";

import styles from "./Dialog.module.css";

/** A dialog over the page; Escape and a click beside it close it. */
export function Dialog({
  open,
  onClose,
  title,
  wide,
  footer,
  children,
}: {
  open: boolean;
  onClose(): void;
  title: string;
  wide?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current!;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-wide={wide}
      aria-labelledby={heading}
      onClose={onClose}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      {open && (
        <div className={styles.content}>
          <div className={styles.head}>
            <h2 id={heading}>{title}</h2>
            <button type="button" aria-label="Close" onClick={onClose}>
              <X size={17} aria-hidden />
            </button>
          </div>
          <div className={styles.body}>{children}</div>
          {footer && <div className={styles.footer}>{footer}</div>}
        </div>
      )}
    </dialog>
  );
}
