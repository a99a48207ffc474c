import type { ControllerContext } from './controller.ts'
import { controllerRef, inNamespaceOf, templateHash } from './pod-template.ts'
import type { RevisionObject, StatefulSetObject, WireTemplate } from '../wire-objects.ts'

/** One version of a StatefulSet's template, kept as a ControllerRevision. */
export interface Revision {
  readonly name: string
  readonly template: WireTemplate
}

/** What its pods come from: `update` is the template as it is now, `current` the one that the last finished roll-out left. */
export interface Revisions {
  readonly current: Revision
  readonly update: Revision
}

/** Looks the revisions up, and writes the newest one down if it is new (stateful_set_control.go getStatefulSetRevisions). */
export function syncRevisions(context: ControllerContext, set: StatefulSetObject): Revisions {
  const template = set.spec?.template ?? {}
  const update: Revision = { name: `${set.metadata.name}-${templateHash(template)}`, template }
  const known = context.objects
    .list('controllerrevisions', set.metadata.namespace)
    .filter(revision => revision.metadata.ownerReferences?.[0]?.uid === set.metadata.uid)
  if (!known.some(revision => revision.metadata.name === update.name)) writeDown(context, set, update, known)
  const currentName = set.status?.currentRevision ?? update.name
  const current = known.find(revision => revision.metadata.name === currentName)
  return { update, current: current?.data === undefined ? update : { name: currentName, template: current.data.spec.template } }
}

function writeDown(context: ControllerContext, set: StatefulSetObject, revision: Revision, known: readonly RevisionObject[]): void {
  context.objects.create('controllerrevisions', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: revision.name, ...inNamespaceOf(set), ownerReferences: [controllerRef(set)] },
    data: { spec: { template: revision.template } },
    revision: 1 + known.reduce((highest, { revision }) => Math.max(highest, revision ?? 0), 0),
  })
}
