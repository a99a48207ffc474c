import type { Taint, TaintEffect, Toleration } from './node-selector.ts'
import type { RawField } from './raw-field.ts'

const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Taints; one without key or legal effect is left out. */
export function readTaints(field: RawField): readonly Taint[] {
  return field.items().flatMap(item => {
    const key = item.at('key').need().text()
    const effect = item.at('effect').need().choice(EFFECTS)
    const value = item.at('value').text() ?? ''
    return key === undefined || effect === undefined ? [] : [{ key, value, effect }]
  })
}

/** Tolerations; one with an unknown operator or effect is left out, for it tolerates nothing. */
export function readTolerations(field: RawField): readonly Toleration[] {
  return field.items().flatMap(item => {
    const operator = item.at('operator').choice(['', 'Equal', 'Exists', 'Gt', 'Lt'])
    const effect = item.at('effect').choice(['', ...EFFECTS])
    const seconds = item.at('tolerationSeconds').integer()
    const unknown = (operator === undefined && item.at('operator').present) || (effect === undefined && item.at('effect').present)
    if (unknown) return []
    return [
      {
        key: item.at('key').text() ?? '',
        operator: operator === undefined || operator === '' ? 'Equal' : operator,
        value: item.at('value').text() ?? '',
        effect: effect ?? '',
        ...(seconds === undefined ? {} : { seconds }),
      },
    ]
  })
}
