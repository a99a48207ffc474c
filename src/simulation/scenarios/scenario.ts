import type { Clock } from '../../rebalancing/ports.ts'
import type { ClusterActions } from '../cluster-actions.ts'
import type { RawObject } from '../object-store.ts'

/** A story on the embedded cluster: what is there at the beginning, and what befalls it when. */
export interface Scenario {
  readonly objects: readonly RawObject[]
  readonly steps: readonly ScenarioStep[]
  /** Milliseconds until the story is over. */
  readonly length: number
}

export interface ScenarioStep {
  /** Milliseconds since the beginning. */
  readonly at: number
  /** One sentence for a person. */
  readonly title: string
  readonly act: (cluster: ClusterActions) => void
}

/** Puts the objects into the cluster and plans the steps on the clock; returns how to call off what has not happened yet. */
export function play(
  scenario: Scenario,
  cluster: ClusterActions,
  clock: Clock,
  tell: (title: string) => void = () => undefined,
): () => void {
  cluster.apply(...scenario.objects)
  const cancels = scenario.steps.map(step =>
    clock.after(step.at, () => {
      tell(step.title)
      step.act(cluster)
    }),
  )
  return () => {
    for (const cancel of cancels) cancel()
  }
}
