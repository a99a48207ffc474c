import type { NodeRecord } from './node.ts'
import type { RawObject, Readers } from './project-object.ts'
import { readResourceList } from './project-resources.ts'
import { readTaints } from './project-tolerations.ts'
import { listed, type RawField } from './raw-field.ts'
import { toResources } from './resource-list.ts'
import { wholeValue } from './quantity.ts'

export function projectNode({ root, metadata, readers, problems }: RawObject): NodeRecord {
  const status = root.at('status')
  // The API server fills in what is not said at all (core/v1 SetDefaults_NodeStatus, 1.36).
  const allocatable = readResourceList(status.at(status.at('allocatable').present ? 'allocatable' : 'capacity'))
  const slots = allocatable.get('pods')
  const ready = status
    .at('conditions')
    .items()
    .find(condition => condition.at('type').text() === 'Ready')
  return {
    kind: 'Node',
    name: readers.text(metadata.name),
    uid: metadata.uid,
    labels: metadata.labelField.labels(),
    taints: readTaints(root.at('spec').at('taints')),
    unschedulable: root.at('spec').at('unschedulable').flag(),
    allocatable: toResources(allocatable),
    podSlots: slots === undefined ? 0 : wholeValue(slots),
    images: readImages(status.at('images'), readers),
    ready: ready?.at('status').choice(['True', 'False', 'Unknown']) ?? 'Unknown',
    readySince: ready?.at('lastTransitionTime').time(),
    createdAt: metadata.createdAt,
    deletedAt: metadata.deletedAt,
    declaredFeatures: status.at('declaredFeatures').texts(),
    problems: listed(problems),
  }
}

/**
 * Names as the node reports them: upstream completes those that pods write and no others (backend/cache addNodeImageStates, 1.36). Many nodes hold
 * the same images: their names are held once.
 */
function readImages(field: RawField, readers: Readers): ReadonlyMap<string, number> {
  const images = new Map<string, number>()
  for (const image of field.items()) {
    const size = image.at('sizeBytes').integer(0) ?? 0
    for (const name of image.at('names').texts()) images.set(readers.text(name), size)
  }
  return images
}
