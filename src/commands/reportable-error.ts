import { SnapshotError } from '../cluster/snapshot.ts'
import { SchedulerConfigError } from '../configuration/scheduler-config.ts'
import { ApiError } from '../kubernetes/api-error.ts'
import { ConnectionError } from '../kubernetes/connection-error.ts'
import { KubeconfigError } from '../kubernetes/kubeconfig-error.ts'
import { ListenError } from '../telemetry/http-server.ts'
import { CommandError } from './errors.ts'

/** Errors whose message is all that a person needs. Any other is a mistake of ours, and its stack is what we need. */
export function isReportableError(error: unknown): error is Error {
  const kinds = [CommandError, SnapshotError, SchedulerConfigError, KubeconfigError, ApiError, ConnectionError, ListenError]
  return kinds.some(kind => error instanceof kind)
}
