/**
 * Amounts in the integers kube-scheduler computes with: CPU in millicores (rounded up), memory and ephemeral storage in bytes, any
 * other resource in its whole unit (rounded up). Integers beyond 2^53 saturate; quantity.ts says so.
 */
export interface Resources {
  readonly cpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  /** Extended resources, hugepages-*, attachable-volumes-* and other scalar resources, by name. */
  readonly scalars: ReadonlyMap<string, number>
}

export const NO_SCALARS: ReadonlyMap<string, number> = new Map()

export const NO_RESOURCES: Resources = { cpu: 0, memory: 0, ephemeralStorage: 0, scalars: NO_SCALARS }
