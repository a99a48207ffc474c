import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** How the image starts respread, so that what is measured is what users get. Without the heap limit of a Deployment, which is not the same for all. */
export interface ContainerStart {
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export function containerStart(): ContainerStart {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8')
  const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as readonly string[]
  const settings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
    line.split(' ').map(setting => setting.split('=', 2)),
  )
  return {
    flags: entrypoint.filter(part => part.startsWith('--')),
    env: Object.fromEntries(settings) as Readonly<Record<string, string>>,
  }
}
