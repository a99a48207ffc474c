/** What an answer of the API server asks to wait with, for a moment. */
export type Deferred =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly uid: string }
  | { readonly kind: 'budgets'; readonly namespace: string; readonly names: readonly string[] }

/** @param budgets names of those that cover the pod */
export function isDeferredBy(
  scope: Deferred,
  pod: { readonly namespace: string; readonly uid: string },
  budgets: readonly string[],
): boolean {
  switch (scope.kind) {
    case 'pod':
      return scope.uid === pod.uid
    case 'budgets':
      return scope.namespace === pod.namespace && budgets.some(name => scope.names.includes(name))
  }
}
