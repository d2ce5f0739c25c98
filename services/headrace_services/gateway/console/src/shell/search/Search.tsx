/** Stands in until it is there. */
export function Search({ open }: { open: boolean; onClose(): void }) {
  return open ? null : null;
}
