import type { PodPhase, PodRecord } from './pod.ts'
import { readClaimVolumes } from './project-pod-volumes.ts'
import type { RawObject } from './project-object.ts'
import type { RawField } from './raw-field.ts'

const PHASES: readonly PodPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']
const NO_CLAIMS: readonly string[] = []

/** What a pod's conditions say. */
interface Conditions {
  readonly ready: boolean
  readonly readySince: number | undefined
  readonly unschedulableMessage: string | undefined
}

export function projectPod({ root, metadata, readers, problems }: RawObject): PodRecord {
  const rawSpec = root.at('spec')
  const status = root.at('status')
  const { labels, ownLabels, annotations, controller, reading, charge, problems: sharedProblems } = readers.replicas(root.value)
  const { claims, ephemeral } = readClaimVolumes(rawSpec.at('volumes'))
  const { ready, readySince, unschedulableMessage } = readConditions(status.at('conditions'))
  const nodeName = readers.text(named(rawSpec.at('nodeName')))
  const nominatedNodeName = readers.text(named(status.at('nominatedNodeName')))
  const phase = readPhase(status.at('phase'))
  const crashLooping = [...status.at('containerStatuses').items(), ...status.at('initContainerStatuses').items()].some(isCrashLooping)
  for (const problem of [...sharedProblems, ...charge.problems]) problems.add(problem)
  // A pod whose own part is broken must not be taken for one like its siblings: it gets a spec of its own that says so.
  const spec = problems.size === 0 ? reading.spec : readers.specs.withProblems(reading.spec, problems)
  for (const problem of reading.spec.problems) problems.add(problem)
  // Written in one piece: objects put together from others take a third more memory, and there are a hundred thousand of these.
  return {
    kind: 'Pod',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    labels,
    ownLabels,
    annotations,
    controller,
    spec,
    claims: claims.length + ephemeral.length === 0 ? NO_CLAIMS : [...claims, ...ephemeral.map(volume => `${metadata.name}-${volume}`)],
    nodeName,
    nominatedNodeName,
    phase,
    ready,
    readySince,
    createdAt: metadata.createdAt,
    deletedAt: metadata.deletedAt,
    charged: charge.charged,
    chargedScored: charge.chargedScored,
    crashLooping,
    unschedulableMessage,
  }
}

function readConditions(field: RawField): Conditions {
  let ready = false
  let readySince: number | undefined
  let unschedulableMessage: string | undefined
  for (const condition of field.items()) {
    const type = condition.at('type').text()
    if (type === 'Ready') {
      ready = condition.at('status').text() === 'True'
      readySince = condition.at('lastTransitionTime').time()
    } else if (type === 'PodScheduled' && condition.at('status').text() === 'False') {
      unschedulableMessage = condition.at('message').text()
    }
  }
  return { ready, readySince, unschedulableMessage }
}

function readPhase(field: RawField): PodPhase {
  if (!field.present) return 'Pending'
  return field.choice(PHASES) ?? 'Unknown'
}

function isCrashLooping(status: RawField): boolean {
  return status.at('state').at('waiting').at('reason').text() === 'CrashLoopBackOff'
}

/** The name in a field that is empty when there is none. */
function named(field: RawField): string | undefined {
  const name = field.text()
  return name === '' ? undefined : name
}
