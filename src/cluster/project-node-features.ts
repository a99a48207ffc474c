import type { RawField } from './raw-field.ts'

/**
 * The features that a pod spec gives away the need of (component-helpers/nodedeclaredfeatures/features, 1.36). The other features of that list
 * concern updates of running pods and are never asked for when scheduling.
 */
export function readNodeFeatures(spec: RawField): readonly string[] {
  const features: string[] = []
  const containers = [...spec.at('containers').items(), ...spec.at('initContainers').items()]
  if (containers.some(restartsAllContainers)) features.push('RestartAllContainersOnContainerExits')
  if (spec.at('hostNetwork').flag() && spec.at('hostUsers').value === false) features.push('UserNamespacesHostNetworkSupport')
  return features
}

function restartsAllContainers(container: RawField): boolean {
  return container
    .at('restartPolicyRules')
    .items()
    .some(rule => rule.at('action').text() === 'RestartAllContainers')
}
