import { expect, it } from 'vitest'
import { readNodeFeatures } from './project-node-features.ts'
import { RawField } from './raw-field.ts'

it.each<[string, object, readonly string[]]>([
  ['a plain pod needs none', { containers: [{ name: 'main' }] }, []],
  ['user namespaces on the network of the host', { hostNetwork: true, hostUsers: false }, ['UserNamespacesHostNetworkSupport']],
  ['user namespaces alone', { hostUsers: false }, []],
  ['the users of the host', { hostNetwork: true }, []],
  [
    'a rule that restarts all containers',
    { initContainers: [{ restartPolicyRules: [{ action: 'RestartAllContainers' }] }] },
    ['RestartAllContainersOnContainerExits'],
  ],
  ['a rule that restarts one', { containers: [{ restartPolicyRules: [{ action: 'Restart' }] }] }, []],
])('%s', (_rule, spec, features) => {
  expect(readNodeFeatures(new RawField(spec, new Set()))).toEqual(features)
})
