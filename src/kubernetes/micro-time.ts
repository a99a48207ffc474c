/** A MicroTime of the API: exactly six digits of a second, else the server refuses it (apimachinery micro_time.go, 1.36). */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z')
}
