import type { ContainerAsk } from './pod-requests.ts'
import type { HostPort } from './pod.ts'
import { readRequests } from './project-pod-resources.ts'
import type { RawField } from './raw-field.ts'

/** What respread reads of one container. */
export interface ContainerReading {
  readonly ask: ContainerAsk
  readonly image: string | undefined
  readonly hostPorts: readonly HostPort[]
}

/**
 * Reads a container. Of init containers only the restartable ones hold their host ports while the pod runs
 * (scheduler util.GetHostPorts, 1.36).
 */
export function readContainer(field: RawField, role: 'container' | 'initContainer', hostNetwork: boolean): ContainerReading {
  const restartable = role === 'initContainer' && field.at('restartPolicy').text() === 'Always'
  const image = field.at('image').text()
  return {
    ask: { name: field.at('name').text() ?? '', restartable, requests: readRequests(field.at('resources')) },
    image: image === undefined || image === '' ? undefined : normalisedImage(image),
    hostPorts:
      role === 'container' || restartable
        ? field
            .at('ports')
            .items()
            .flatMap(port => readHostPort(port, hostNetwork))
        : [],
  }
}

/** With `:latest` where neither tag nor digest is given; a colon before the last slash belongs to the registry's port. */
export function normalisedImage(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image
}

function readHostPort(field: RawField, hostNetwork: boolean): readonly HostPort[] {
  const hostPort = field.at('hostPort').integer(0) ?? 0
  // On the host's network the API server copies containerPort when it makes the pod; a template does not show that yet.
  const port = hostPort === 0 && hostNetwork ? (field.at('containerPort').integer(0) ?? 0) : hostPort
  if (port === 0) return []
  const ip = field.at('hostIP').text() ?? ''
  const protocol = field.at('protocol').text() ?? ''
  return [{ ip: ip === '' ? '0.0.0.0' : ip, port, protocol: protocol === '' ? 'TCP' : protocol }]
}
