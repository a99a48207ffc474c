import type { PodRecord } from '../cluster/pod.ts'

/** What no pod is called, no uid ends with, and no label of a pod says. */
export const OF_REPLACEMENT = '~replacement'

/** The name and uid of what takes a pod's place under a name of its own. */
export function nameAfter({ name, uid }: Pick<PodRecord, 'name' | 'uid'>): Pick<PodRecord, 'name' | 'uid'> {
  return { name: `${name}${OF_REPLACEMENT}`, uid: `${uid}${OF_REPLACEMENT}` }
}
