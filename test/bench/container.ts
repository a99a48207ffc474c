import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** How a container starts respread, so that what is measured is what users get. */
export interface ContainerStart {
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What the Dockerfile says, and the Deployment on top of it. */
export function containerStart(): ContainerStart {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  const deployment = readFileSync(join(ROOT, 'manifests/overlays/deployment/deployment.yaml'), 'utf8')
  const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as readonly string[]
  const settings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
    line.split(' ').map(setting => setting.split('=', 2)),
  )
  const options = /NODE_OPTIONS\n\s+value: (.*)$/m.exec(deployment)?.[1] ?? ''
  return {
    flags: entrypoint.filter(part => part.startsWith('--')),
    env: { ...(Object.fromEntries(settings) as Readonly<Record<string, string>>), NODE_OPTIONS: options },
  }
}
