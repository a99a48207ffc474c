import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** An object of a manifest; tests know which fields it has. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Manifest = any

/** The fields of a kustomization, or of a component, that {@link build} understands. It throws on others, so that nothing goes unchecked. */
const FIELDS = new Set(['apiVersion', 'kind', 'namespace', 'labels', 'resources', 'configMapGenerator', 'patches', 'images'])

/** What stands in for the hash of a generated ConfigMap's content. */
const HASH = 'h45h'

/**
 * What `kubectl kustomize` makes of a folder, as far as these manifests need it: resources, generated ConfigMaps with a hash behind their name,
 * images, patches that delete an object, append to a list or replace a field.
 */
export function build(folder: string): readonly Manifest[] {
  const kustomization: Manifest = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))
  for (const field of Object.keys(kustomization)) if (!FIELDS.has(field)) throw new Error(`${folder}: the field ${field} is not understood`)
  const resources: Manifest[] = (kustomization.resources ?? []).flatMap((name: string) => {
    const path = join(folder, name)
    if (!existsSync(path)) throw new Error(`${folder}: the resource ${name} does not exist`)
    return name.endsWith('.yaml') ? objectsIn(path) : build(path)
  })
  const generated = (kustomization.configMapGenerator ?? []).map(({ name, files }: Manifest) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-${HASH}`, namespace: kustomization.namespace },
    data: Object.fromEntries(files.map((file: string) => [file, readFileSync(join(folder, file), 'utf8')])),
  }))
  const patched: readonly Manifest[] = (kustomization.patches ?? []).reduce(patch, [...resources, ...generated])
  for (const { kind, metadata } of patched) if (kind === 'ConfigMap') followRename(patched, metadata.name)
  for (const image of kustomization.images ?? []) rename(image, patched)
  return patched
}

/** Every object of a file; a repeated key or another mistake of the YAML is an error. */
export function objectsIn(path: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map(document => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`)
    return document.toJS()
  })
}

/** Where a workload keeps its pod template. */
export function podTemplate({ kind, spec }: Manifest): Manifest {
  return kind === 'CronJob' ? spec.jobTemplate.spec.template : kind === 'Deployment' ? spec.template : undefined
}

function patch(objects: readonly Manifest[], { target, patch }: Manifest): readonly Manifest[] {
  const body: Manifest = parse(patch)
  if (Array.isArray(body)) {
    const object = structuredClone(only(objects, target.kind, target.name))
    for (const { op, path, value } of body) {
      const steps = path.split('/').slice(1)
      const last = steps.pop()
      const at = steps.reduce((within: Manifest, step: string) => within[step], object)
      if (op === 'add' && last === '-') at.push(value)
      else if (op === 'replace' && Object.hasOwn(at, last)) at[last] = value
      else throw new Error(`the patch ${op} ${path} is not understood`)
    }
    return objects.map(each => (same(each, target) ? object : each))
  }
  if (body.$patch !== 'delete') throw new Error('only patches that delete, append or replace are understood')
  only(objects, body.kind, body.metadata.name)
  return objects.filter(each => !same(each, { kind: body.kind, name: body.metadata.name }))
}

/**
 * Whoever names a generated ConfigMap names it with its hash: volumes, and every `resourceNames` of a role that happens to be the same, be it of
 * another resource (kustomize's nameReference for ConfigMaps, 5.8).
 */
function followRename(objects: readonly Manifest[], hashed: string): void {
  const name = hashed.replace(new RegExp(`-${HASH}$`), '')
  for (const object of objects) {
    for (const volume of podTemplate(object)?.spec.volumes ?? []) if (volume.configMap?.name === name) volume.configMap.name = hashed
    for (const rule of object.rules ?? []) {
      if (rule.resourceNames !== undefined) rule.resourceNames = rule.resourceNames.map((each: string) => (each === name ? hashed : each))
    }
  }
}

function rename({ name, newName, newTag }: Manifest, objects: readonly Manifest[]): void {
  const containers = objects.flatMap(object => podTemplate(object)?.spec.containers ?? []).filter(container => container.image === name)
  if (containers.length === 0) throw new Error(`no container has the image ${name}`)
  for (const container of containers) container.image = `${newName}:${newTag}`
}

function same(object: Manifest, { kind, name }: Manifest): boolean {
  return object.kind === kind && object.metadata.name === name
}

function only(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.filter(object => same(object, { kind, name }))
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`)
  return found[0]
}
