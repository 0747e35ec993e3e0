/** Whether the order was placed just now; false after a reload. */
export function wasPlaced(): boolean {
  return (history.state as { placed?: boolean } | null)?.placed ?? false;
}
