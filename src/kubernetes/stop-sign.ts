import type { StopSign } from '../rebalancing/ports.ts'
import { fieldsOf, textOf } from './json.ts'
import type { OwnConfigMap } from './own-config-map.ts'

const ANNOTATION = 'respread.io/stopped'

/** The sign is an annotation on respread's own ConfigMap: `kubectl describe` shows it, and `kubectl annotate` takes it away. */
export function createStopSign(configMap: OwnConfigMap, liftedBefore: number | undefined): StopSign {
  const { namespace, name } = configMap
  return {
    liftedBefore,
    removal: `kubectl annotate configmap ${name} -n ${namespace} ${ANNOTATION}-`,
    async read() {
      const metadata = fieldsOf((await configMap.read())?.['metadata'])
      return textOf(fieldsOf(metadata['annotations'])[ANNOTATION]) || undefined
    },
    write: text =>
      configMap.update(current => {
        const metadata = fieldsOf(current['metadata'])
        const { [ANNOTATION]: _, ...others } = fieldsOf(metadata['annotations'])
        const annotations = text === undefined ? others : { ...others, [ANNOTATION]: text }
        return { ...current, metadata: { ...metadata, annotations } }
      }),
  }
}
