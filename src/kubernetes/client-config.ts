// The one piece of the Kubernetes client that is used, named on its own so that a bundler leaves the rest out.
export { KubeConfig } from '@kubernetes/client-node'
