import { readFileSync } from 'node:fs'

/**
 * Resident memory of a process in MB, now or at its peak. Linux only: what `getrusage` tells as the peak of a child is that of whoever started
 * it when that was larger.
 */
export function residentMb(which: 'now' | 'peak', pid: number | 'self' = 'self'): number {
  const field = which === 'now' ? 'VmRSS' : 'VmHWM'
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
