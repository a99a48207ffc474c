/**
 * What the EBS driver calls a volume: `aws://us-east-1a/vol-1` and `vol-1` are the same. Undefined for an address that names no volume, which is
 * then counted nowhere; what is no address is taken as it stands (csi-translation-lib KubernetesVolumeIDToEBSVolumeID, 1.36).
 */
export function ebsVolumeId(volumeId: string): string | undefined {
  if (!volumeId.startsWith('aws://')) return volumeId
  return /^aws:\/\/[^/]*\/+(vol-[^/]*)\/*$/.exec(volumeId)?.[1]
}
