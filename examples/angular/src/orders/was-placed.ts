/** Whether the page was opened by an order that was just placed; not after a reload. */
export function wasPlaced(): boolean {
  return (history.state as { placed?: boolean } | null)?.placed ?? false;
}
