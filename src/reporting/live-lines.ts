import { nameOf, NO_DOMAIN } from './live-view.ts'
import type { LiveDomain, LiveView, LiveWorkload } from './live-view.ts'
import { printable, printableDomain } from './printable.ts'

/** The live view for a log or a pipe: what was told and what changed since the view before, a line each. */
export function liveLines(before: LiveView | undefined, view: LiveView): readonly string[] {
  const seen = Math.max(-1, ...(before?.story ?? []).map(line => line.id))
  const known = new Map((before?.workloads ?? []).map(workload => [nameOf(workload), standing(workload, view.domains)]))
  const timeWidth = Math.max(view.time.length, ...view.story.map(({ time }) => time.length))
  return [
    ...(before === undefined ? [`${view.title}: ${view.settings.join(', ')}`] : []),
    ...view.story.filter(({ id }) => id > seen).map(({ time, text }) => `${time.padStart(timeWidth)} ${printable(text)}`),
    ...view.workloads.flatMap(workload => {
      const now = standing(workload, view.domains)
      return now === known.get(nameOf(workload)) ? [] : [`${view.time.padStart(timeWidth)} ${nameOf(workload)} ${now}`]
    }),
  ]
}

function standing({ counts, pending, skew, maxSkew, status }: LiveWorkload, domains: readonly LiveDomain[]): string {
  const inDomains = domains.map(({ name }, index) => `${printableDomain(name)}=${counts[index] ?? NO_DOMAIN}`).join(' ')
  return `${inDomains}${pending > 0 ? ` pending=${pending}` : ''} skew ${skew} (maxSkew ${maxSkew}) ${status}`
}
