import { SnapshotError } from '../cluster/snapshot.ts'
import { SchedulerConfigError } from '../configuration/scheduler-config.ts'
import { ApiError } from '../kubernetes/api-error.ts'
import { ConnectionError } from '../kubernetes/connection-error.ts'
import { KubeconfigError } from '../kubernetes/kubeconfig-error.ts'
import { CommandError } from './errors.ts'

/** Errors whose message is all that a person needs. Any other is a mistake of ours, and its stack is what we need. */
export function isReportableError(error: unknown): error is Error {
  return [CommandError, SnapshotError, SchedulerConfigError, KubeconfigError, ApiError, ConnectionError].some(kind => error instanceof kind)
}
