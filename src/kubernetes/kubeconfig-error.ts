/** The configuration for reaching a cluster cannot be used. The message is one sentence for the person who wrote it. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError'
}
