import { ForeignHistoryError } from '../rebalancing/ports.ts'
import type { HistoryStore } from '../rebalancing/ports.ts'
import { fieldsOf } from './json.ts'
import type { Fields } from './json.ts'
import type { OwnConfigMap } from './own-config-map.ts'

const KEY = 'history'
/** Objects end at 1 MiB (validation.go MaxSecretSize, 1.36); the rest is for labels and whatever else is in the ConfigMap. */
const LARGEST_BYTES = 900_000

/**
 * Keeps the history in a ConfigMap of ours. A process which lost its lease without knowing cannot undo what its successor wrote: it finds another
 * text than it knows of.
 */
export function createHistoryStore(configMap: OwnConfigMap): HistoryStore {
  /** What may stand there without somebody else having written it: nothing, what was read, what we wrote. */
  let known: readonly (string | undefined)[] | undefined

  const withText = (current: Fields, text: string): Fields => {
    const found = textIn(current)
    if (known?.includes(found) === false) {
      const { namespace, name } = configMap
      throw new ForeignHistoryError(`the history in ConfigMap ${namespace}/${name} was changed by somebody else; it is read again`)
    }
    known = [undefined, found, text]
    return { ...current, data: { ...fieldsOf(current['data']), [KEY]: text } }
  }

  return {
    async load() {
      const text = textIn(await configMap.read())
      known = [undefined, text]
      return text
    },
    async save(text) {
      const bytes = Buffer.byteLength(text)
      if (bytes > LARGEST_BYTES) throw new Error(`the history has ${bytes} bytes, and a ConfigMap takes ${LARGEST_BYTES}`)
      await configMap.update(current => withText(current, text))
    },
  }
}

function textIn(configMap: Fields | undefined): string | undefined {
  const text = fieldsOf(configMap?.['data'])[KEY]
  return typeof text === 'string' ? text : undefined
}
