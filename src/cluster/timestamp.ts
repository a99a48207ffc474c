/** A moment as Kubernetes writes it: RFC 3339, UTC, whole seconds. @param ms since the epoch */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** As metav1.Time and MicroTime are read (apimachinery, 1.36). Without a zone it would mean another moment on each machine. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Milliseconds since the epoch; undefined for what is absent or no RFC 3339 time. */
export function parseTimestamp(text: string | undefined): number | undefined {
  const ms = text !== undefined && RFC_3339.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}
