/** A moment as Kubernetes writes it: RFC 3339, UTC, whole seconds. @param ms since the epoch */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
