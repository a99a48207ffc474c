import type { Taint, TaintEffect, Toleration } from '../cluster/node-selector.ts'

/** Whether the toleration covers the taint (corev1 ToleratesTaint, 1.36). `Gt` and `Lt` wait behind a feature gate and match nothing. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== '' && toleration.effect !== taint.effect) return false
  if (toleration.key !== '' && toleration.key !== taint.key) return false
  switch (toleration.operator) {
    case 'Exists':
      return true
    case 'Equal':
      return toleration.value === taint.value
    case 'Gt':
    case 'Lt':
      return false
  }
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(toleration => tolerates(toleration, taint))
}

const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' }

/** Whether a cordoned node takes the pod all the same, be its taint there or not (nodeunschedulable, 1.36). */
export function toleratesCordon(tolerations: readonly Toleration[]): boolean {
  return isTolerated(CORDON, tolerations)
}

/** The first taint that keeps the pod off the node: PreferNoSchedule never does. */
export function repellingTaint(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  return taints.find(taint => keepsOff(taint.effect) && !isTolerated(taint, tolerations))
}

/** Whether the pod is evicted from the node again after a while, by a taint that it tolerates for so long only (tainteviction, 1.36). */
export function expelsLater(taints: readonly Taint[], tolerations: readonly Toleration[]): boolean {
  return taints.some(taint => {
    const first = taint.effect === 'NoExecute' ? tolerations.find(toleration => tolerates(toleration, taint)) : undefined
    return first?.seconds !== undefined
  })
}

function keepsOff(effect: TaintEffect): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute'
}
