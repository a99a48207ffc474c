import type { PodRecord } from '../cluster/pod.ts'
import type { SchedulerModel } from '../scheduling/scheduler-model.ts'
import { counted } from './counted.ts'
import { domainText } from './domain-text.ts'
import { LISTED } from './listed.ts'
import { example, type Obstacle } from './obstacle.ts'
import type { RoomQueue } from './room-queue.ts'
import { shortageText } from './shortages.ts'

/**
 * What the domains lack that have no room for a replacement, and who else is to have room there.
 *
 * @param missing further pods that each domain would have to take
 */
export function roomSentence(
  obstacles: readonly Obstacle[],
  missing: ReadonlyMap<string, number>,
  replacement: PodRecord,
  model: SchedulerModel,
  queue: RoomQueue,
): string {
  // Of several empty domains not each need take a pod.
  const needed = obstacles.filter(({ domain }) => missing.has(domain))
  const short = needed.length === 0 ? obstacles : needed
  const sentences = short.slice(0, LISTED).map(({ domain, refusals, nodes }) => {
    const names = refusals.map(({ node }) => node)
    const others = nodes - names.length
    const aside = others === 0 ? '' : `, where only ${names.length} of ${counted(nodes, 'node')} would have them`
    const [first] = refusals
    const lack = shortageText(domainText(domain), missing.get(domain) ?? 1, names, replacement, model)
    const rivals = queue.besides(replacement, names)
    return `${lack ?? `${domainText(domain)}: ${example(first)}`}${aside}${rivals === '' ? '' : `, with ${rivals}`}`
  })
  const others = short.length - LISTED
  return [...sentences, ...(others > 0 ? [`${counted(others, 'other domain')} lack room too`] : [])].join('; ')
}
