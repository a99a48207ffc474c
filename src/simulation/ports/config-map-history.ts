import type { HistoryStore } from '../../rebalancing/ports.ts'
import type { Objects } from '../objects.ts'

const FIELD = 'history.json'

/** Keeps the history in a ConfigMap of the embedded cluster, where it survives a restart of the loop. */
export function createConfigMapHistory(objects: Objects, named: { readonly namespace: string; readonly name: string }): HistoryStore {
  return {
    load: () => Promise.resolve(objects.get('configmaps', named.namespace, named.name)?.data?.[FIELD]),
    save: text => {
      const data = { [FIELD]: text }
      if (objects.get('configmaps', named.namespace, named.name) === undefined) {
        objects.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: named, data })
      } else {
        objects.update('configmaps', named, current => ({ ...current, data }))
      }
      return Promise.resolve()
    },
  }
}
