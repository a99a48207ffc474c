/**
 * Calls back once on SIGTERM or SIGINT; a second signal ends the process at once, for whoever has no patience. Returns how to forget about it.
 */
export function onShutdown(callback: () => void): () => void {
  const once = (): void => {
    forget()
    callback()
  }
  const forget = (): void => {
    process.off('SIGTERM', once)
    process.off('SIGINT', once)
  }
  process.on('SIGTERM', once)
  process.on('SIGINT', once)
  return forget
}

/** What was asked for, or undefined when the process is to end before it has come. */
export async function untilStopped<T>(pending: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  try {
    return await pending
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  }
}
